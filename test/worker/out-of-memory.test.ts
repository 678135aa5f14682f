import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrainerSlot } from '../../src/worker/slots/trainer-slot.ts';
import { SegmentBench } from '../support/segment-run.ts';

const mainPath = resolve(import.meta.dirname, '../../dist/src/train/process/trainer-process-main.js');
/** Far above what a batch of eight takes, far below what one of thousands does. */
const roomKib = 200_000;

describe.skipIf(!hasPrlimit())('a slot with little memory (skipped without prlimit)', () => {
  let bench: SegmentBench;
  let slot: TrainerSlot;
  beforeAll(() => {
    bench = new SegmentBench({ trainRows: 8_000 });
    slot = new TrainerSlot({
      slot: 0,
      mainPath,
      environment: { ...process.env },
      stallMs: 60_000,
      releaseMs: 5_000,
      terminateMs: 1_000,
      prepare: async (segment) => bench.command(segment),
    });
  });
  afterAll(async () => {
    await slot.close();
    rmSync(bench.folder, { recursive: true });
  });
  const ignore = (): void => undefined;

  it('ends a training that needs more as out_of_memory, and trains the next in a fresh process', async () => {
    await slot.numericsClass();
    const pid = slot.pid ?? 0;
    limitMemory(pid);
    const large = bench.specification({ epochs: 1, batch_size: 8_000 });
    expect(await slot.run(bench.trainSegment(large), ignore)).toMatchObject({
      kind: 'failed',
      outcome: 'out_of_memory',
      code: 'OUT_OF_MEMORY',
      message: expect.stringContaining('lower batch_size'),
    });
    expect(slot.pid).toBeUndefined();
    await slot.numericsClass();
    expect(slot.pid).not.toBe(pid);
    limitMemory(slot.pid ?? 0);
    const small = bench.trainSegment(bench.specification({ batch_size: 8 }), { endStep: 2 });
    expect(await slot.run(small, ignore)).toMatchObject({ kind: 'trained' });
  });
});

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The process may write to `roomKib` more than it does now. */
function limitMemory(pid: number): void {
  const now = Number(/VmData:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  execFileSync('prlimit', ['--pid', String(pid), `--data=${(now + roomKib) * 1024}`]);
}
