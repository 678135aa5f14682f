import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askTraining } from '../../src/store/programs/ask-training.ts';
import { commandSweep } from '../../src/store/commands.ts';
import type { Store } from '../../src/store/database/open-store.ts';
import { programStepSeconds } from '../../src/store/programs/program-speed.ts';
import { replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { reportTraining, tellTraining } from '../../src/store/programs/tell-training.ts';
import { type AskedRecord, type AskedTraining, openAskedRecord } from './asked-record.ts';

let record: AskedRecord;
let store: Store;
beforeAll(async () => {
  record = await openAskedRecord();
  ({ store } = record);
});
afterAll(() => record.close());

const launch = (extra?: string, xs?: readonly number[]) => record.launch(extra, xs);
const ask = (sweep: string, leaseSeconds?: number) => record.ask(sweep, leaseSeconds);
const report = (lease: string, step: number, values: Readonly<Record<string, number>>) =>
  record.report(lease, step, values);
const tell = (lease: string, values: Readonly<Record<string, number>>) => record.tell(lease, values);
/** All that the record has of a sweep's metrics, step by step. */
const curve = async (sweep: string): Promise<readonly string[]> => {
  const rows = await store.db
    .selectFrom('metrics')
    .innerJoin('sweep_trainings', 'sweep_trainings.training_id', 'metrics.training_id')
    .innerJoin('sweeps', 'sweeps.id', 'sweep_id')
    .select(['metrics.name', 'first_step', 'values'])
    .where('sweeps.name', '=', sweep)
    .orderBy('first_step')
    .orderBy('metrics.name')
    .orderBy('values')
    .execute();
  return rows.map(({ name, first_step: step, values }) => `${name}@${step}=${values.join()}`);
};
const xOf = ({ configuration }: AskedTraining): number =>
  Number(Object.entries(configuration).find(([name]) => name === 'x')?.[1]);

describe('a program that asks, reports and tells', () => {
  it('works through a sweep: every training is given once, and the sweep completes with the results', async () => {
    const sweep = await launch();
    const given: number[] = [];
    for (;;) {
      const asked = await askTraining(store, { sweep, leaseSeconds: 60, who: 'test' });
      if (asked.kind !== 'training') {
        expect(asked.kind).toBe('over');
        break;
      }
      expect(asked).toMatchObject({ step: 0, steps: 10, report_at: 10, metrics: ['loss', 'seconds'] });
      given.push(xOf(asked));
      expect(await report(asked.lease, 4, { loss: 9 })).toEqual({ answer: 'go', report_at: 10 });
      const end = await tell(asked.lease, { loss: (xOf(asked) - 3) ** 2, seconds: 1 });
      expect(end).toEqual({ answer: 'stop', reason: 'done' });
    }
    expect(given).toEqual([1, 2, 3, 4]);
    const snapshot = await readSweepSnapshot(store, sweep);
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 4 } });
    expect(snapshot.trials[0]).toMatchObject({ metrics: { loss: 0, seconds: 1 }, configuration: { x: 3, seed: 0 } });
    // What it took tells the next launch of the same program how long that will take.
    const step = await programStepSeconds(store, { name: sweep });
    expect(step?.low).toBeGreaterThan(0);
    expect(step?.high).toBeGreaterThanOrEqual(step?.low ?? 0);
    expect(await programStepSeconds(store, { name: 'another' })).toBeNull();
  });

  it('is told at a rung whether it goes on, as the scheduler decides in that transaction', async () => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.3, 0.6], least: 2}');
    const answers: string[] = [];
    for (const loss of [1, 2, 3]) {
      const { lease, report_at: at } = await ask(sweep);
      expect(at).toBe(3);
      const first = await report(lease, 3, { loss });
      answers.push(first.answer);
      if (first.answer === 'stop') {
        expect(first.reason).toMatch(/^pruned: rung 0: .* against the median/);
        continue;
      }
      expect(first).toEqual({ answer: 'go', report_at: 6 });
      // Past two rungs in one report.
      expect(await report(lease, 10, { loss, seconds: 1 })).toEqual({ answer: 'stop', reason: 'done' });
    }
    expect(answers).toEqual(['go', 'go', 'stop']);
    expect(await replaySearchOf(store, sweep)).toMatchObject({ differences: [] });
  });

  it('keeps its training by reporting; once its lease is over another asker has it, and the first writes nothing', async () => {
    const sweep = await launch('', [1]);
    const slow = await ask(sweep, 0.5);
    await reportTraining(store, slow.lease, { step: 1, values: { loss: 5 }, leaseSeconds: 1 });
    expect(await askTraining(store, { sweep, leaseSeconds: 60, who: 'other' })).toEqual({ kind: 'wait' });
    await sleep(1_200);
    const quick = await ask(sweep);
    expect(quick.training).toBe(slow.training);
    const before = await record.everything();
    await expect(report(slow.lease, 2, { loss: 4 })).rejects.toThrow('LEASE_LOST');
    await expect(tell(slow.lease, { loss: 4, seconds: 1 })).rejects.toThrow('LEASE_LOST');
    expect(await record.everything()).toEqual(before);
    await tell(quick.lease, { loss: 3, seconds: 2 });
    expect((await readSweepSnapshot(store, sweep)).trials[0]?.metrics).toEqual({ loss: 3, seconds: 2 });
    await expect(tell(quick.lease, { loss: 2, seconds: 2 })).rejects.toThrow('LEASE_LOST');
  });

  it('may give its training back, and say that it failed', async () => {
    const sweep = await launch('', [1, 2, 3]);
    const first = await ask(sweep);
    await tellTraining(store, first.lease, { kind: 'given_back' });
    const again = await ask(sweep);
    expect(again.training).toBe(first.training);
    await tellTraining(store, again.lease, { kind: 'failed', outcome: 'infeasible', message: 'does not fit' });
    const other = await ask(sweep);
    await tellTraining(store, other.lease, { kind: 'failed', outcome: 'crashed', message: 'the driver' });
    const last = await ask(sweep);
    await tellTraining(store, last.lease, { kind: 'failed', outcome: 'diverged', message: 'loss is nan' });
    const { counts, state, trials } = await readSweepSnapshot(store, sweep);
    expect({ state, counts }).toMatchObject({ state: 'completed', counts: { infeasible: 1, crashed: 1, diverged: 1 } });
    const messages = trials.map(({ failure }) => failure?.message);
    expect(messages).toEqual(expect.arrayContaining(['PROGRAM_FAILED: does not fit', 'NON_FINITE: loss is nan']));
  });

  it('is stopped by a pause, and goes on where it is given out again', async () => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.5], least: 5}', [1]);
    const { lease } = await ask(sweep);
    await report(lease, 5, { loss: 1 });
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'pause' });
    expect(await report(lease, 6, { loss: 1 })).toMatchObject({ answer: 'stop' });
    expect((await askTraining(store, { sweep, leaseSeconds: 60, who: 'test' })).kind).toBe('wait');
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'resume' });
    expect(await ask(sweep)).toMatchObject({ step: 6, report_at: 10 });
  });

  it('has what it tells at the step that it tells of, past rungs too, and no step twice', async () => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.5], least: 5}', [1]);
    const { lease } = await ask(sweep);
    expect(await report(lease, 7, { loss: 5 })).toEqual({ answer: 'go', report_at: 10 });
    await expect(report(lease, 7, { loss: 1 })).rejects.toThrow('expected: above 7');
    expect(await tell(lease, { loss: 2, seconds: 1 })).toEqual({ answer: 'stop', reason: 'done' });
    expect(await curve(sweep)).toEqual(['loss@7=5', 'loss@10=2', 'seconds@10=1']);
  });

  it('has what it tells there where a rung before it stops the training, too', async () => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.3], least: 2}');
    for (const loss of [1, 2]) await report((await ask(sweep)).lease, 3, { loss });
    const { lease } = await ask(sweep);
    const answer = await report(lease, 5, { loss: 3 });
    expect(answer.answer === 'stop' && answer.reason).toMatch(/^pruned: rung 0/);
    expect(await curve(sweep)).toEqual(['loss@3=1', 'loss@3=2', 'loss@5=3']);
  });

  it('goes on where the asker before it has reported last, with all that it reported', async () => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.5], least: 5}', [1]);
    const first = await ask(sweep);
    await report(first.lease, 2, { loss: 9 });
    await report(first.lease, 4, { loss: 8 });
    await tellTraining(store, first.lease, { kind: 'given_back' });
    const second = await ask(sweep, 0.1);
    expect(second).toMatchObject({ step: 4, report_at: 5 });
    await reportTraining(store, second.lease, { step: 8, values: { loss: 7 }, leaseSeconds: 0.1 });
    await sleep(300);
    const third = await ask(sweep);
    expect(third).toMatchObject({ step: 8, report_at: 10 });
    await expect(report(third.lease, 8, { loss: 6 })).rejects.toThrow('expected: above 8');
    await tell(third.lease, { loss: 1, seconds: 1 });
    expect(await curve(sweep)).toEqual(['loss@2=9', 'loss@4=8', 'loss@8=7', 'loss@10=1', 'seconds@10=1']);
  });

  it('can tell of a rung that another sweep has put where the training stands already', async () => {
    const sweep = await launch('', [1]);
    const own = await ask(sweep);
    await report(own.lease, 6, { loss: 3 });
    await tellTraining(store, own.lease, { kind: 'given_back' });
    const other = await record.launch('scheduler: {kind: median, rungs: [0.6], least: 5}', [1], sweep);
    const asked = await ask(other);
    expect(asked).toMatchObject({ training: own.training, step: 5, report_at: 6 });
    expect(await report(asked.lease, 6, { loss: 3 })).toEqual({ answer: 'go', report_at: 10 });
  });

  it('is a search that adapts, too: the next point follows from what was told', async () => {
    const sweep = await launch(
      'search: {kind: tpe, trials: 6, seed: 1, startup: 2}\nparallelism: 1',
      [1, 2, 3, 4, 5, 6],
    );
    for (let count = 0; count < 6; count += 1) {
      const asked = await ask(sweep);
      await tell(asked.lease, { loss: (xOf(asked) - 3) ** 2, seconds: 1 });
    }
    expect((await askTraining(store, { sweep, leaseSeconds: 60, who: 'test' })).kind).toBe('over');
    expect(await replaySearchOf(store, sweep)).toMatchObject({ differences: [] });
  });
});

describe('what is malformed is refused with its place, and nothing is recorded', () => {
  const cases: readonly (readonly [string, (lease: string) => Promise<unknown>, string])[] = [
    [
      'an unknown lease',
      () => tell('3f0c', { loss: 1, seconds: 1 }),
      'LEASE_UNKNOWN: there is no such lease\n  got: 3f0c',
    ],
    [
      'a metric that is missing',
      (lease) => tell(lease, { loss: 1 }),
      'REPORT_INVALID: a metric that the sweep file names is missing\n  where: seconds',
    ],
    [
      'a metric that was told of an earlier step alone',
      (lease) => tell(lease, { loss: 1, other: 1 }),
      'where: seconds',
    ],
    ['no first objective at a rung', (lease) => report(lease, 5, { other: 1 }), 'where: loss'],
    ['a step that was reported', (lease) => report(lease, 2, { loss: 1 }), 'expected: above 2'],
    ['a step past the end', (lease) => report(lease, 11, { loss: 1 }), 'and at most 10'],
  ];
  it.each(cases)('%s', async (_, mistake, message) => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.5], least: 5}');
    const { lease } = await ask(sweep);
    await report(lease, 2, { seconds: 1 });
    const before = await record.everything();
    await expect(mistake(lease)).rejects.toThrow(message);
    expect(await record.everything()).toEqual(before);
    expect(await report(lease, 3, { loss: 1 })).toMatchObject({ answer: 'go' });
  });
});
