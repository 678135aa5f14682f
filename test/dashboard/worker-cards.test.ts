import { expect, it } from 'vitest';
import { cardsText, workerSlots } from '../../src/dashboard/parts/worker-slots.ts';
import type { WorkerRow } from '../../src/store/workers/worker-list.ts';
import type { SlotCard } from '../../src/store/workers/worker-register.ts';
import { cockpitSource } from './cockpit-source.ts';

/** A worker whose slots told this of their cards. */
async function workerOn(...cards: readonly (SlotCard | null)[]): Promise<WorkerRow> {
  const [worker] = await cockpitSource.workers();
  if (worker === undefined) throw new Error('no worker');
  return { ...worker, slotStates: worker.slotStates.map((state, slot) => ({ ...state, card: cards[slot] ?? null })) };
}

const card: SlotCard = { number: 0, busy: 0.35, own_bytes: 11e9, used_bytes: 12.4e9, total_bytes: 85.5e9 };

function linesOf(worker: WorkerRow, width = 140): readonly string[] {
  return workerSlots(worker, width, 10).map((line) => line.map(({ text }) => text).join(''));
}

it('slots on graphics cards show how busy these are and their own memory; of one that was not sampled it says so', async () => {
  const worker = await workerOn(card, { ...card, own_bytes: null, busy: null });
  const [head = '', first = '', second = '', third = ''] = linesOf(worker);
  expect(head).toMatch(/GPU +GPU memory/);
  expect(first).toMatch(/35 % +11 GB/);
  expect(second).toMatch(/– +–/);
  expect(third).toContain('not sampled');
  expect(cardsText(worker)).toBe('0: – busy, memory 12.4 GB of 85.5 GB');
  expect(cardsText(await workerOn(card, null, { ...card, number: 3 }))).toMatch(/^0: 35 % busy.* · 3: 35 % busy/);
  expect(cardsText(await workerOn())).toBe('not sampled: nothing runs, or nvidia-smi does not answer');
});

it('slots on processors have no such columns', async () => {
  const [worker] = await cockpitSource.workers();
  if (worker === undefined) throw new Error('no worker');
  expect(linesOf(worker)[0]).not.toContain('GPU');
  expect(cardsText(worker)).toBeNull();
});
