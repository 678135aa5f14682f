import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SegmentOutcome } from '../../src/sweep/segment.ts';
import { TrainerSlot } from '../../src/worker/slots/trainer-slot.ts';
import { isProvedDead, ownIdentity } from '../../src/worker/slots/process-identity.ts';
import { simulatedTrainSegment } from '../support/simulated-segment.ts';

const mainPath = join(import.meta.dirname, '..', '..', 'dist', 'src', 'train', 'process', 'trainer-process-main.js');

/** A real trainer process with the simulated trainer in it. */
describe('a slot with its trainer process', () => {
  let folder: string;
  let slot: TrainerSlot;
  const ignore = (): void => undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dropsweep-slot-'));
    slot = new TrainerSlot({
      slot: 0,
      mainPath,
      environment: { ...process.env },
      stallMs: 2_000,
      releaseMs: 5_000,
      terminateMs: 1_000,
      prepare: async (segment) => ({
        kind: 'run',
        segment,
        checkpointFolder: folder,
        storeId: 'test',
        datasetFiles: {},
        modelFolder: '',
        checkpointEverySeconds: 60,
      }),
    });
  });

  afterEach(async () => {
    await slot.close();
    await rm(folder, { recursive: true });
  });

  it('trains one segment after another in the same process', async () => {
    const first = await slot.run(simulatedTrainSegment({ steps: 3 }), ignore);
    const pid = slot.pid;
    const second = await slot.run(simulatedTrainSegment({ steps: 3 }), ignore);
    expect([first.kind, second.kind]).toEqual(['trained', 'trained']);
    expect(slot.pid).toBe(pid);
  });

  it('gives a segment back with a checkpoint when asked, and goes on from it', async () => {
    const segment = simulatedTrainSegment({ steps: 400, stepMs: 5 });
    const checkpoints: { step: number }[] = [];
    const running = slot.run(segment, (news) => {
      if (news.kind === 'progress' && news.step > 2) slot.release();
      if (news.kind === 'checkpoint') checkpoints.push(news.checkpoint);
    });
    expect((await running).kind).toBe('released');
    expect(checkpoints).toHaveLength(1);
    expect(checkpoints[0]?.step).toBeGreaterThan(2);
  });

  it('runs the segments of a bundle side by side, and lets one go without the other', async () => {
    const [first, second] = [
      simulatedTrainSegment({ steps: 400, stepMs: 5 }),
      simulatedTrainSegment({ steps: 40, stepMs: 5 }),
    ];
    const stopped = slot.run(first, (news) => {
      if (news.kind === 'progress' && news.step > 2) slot.discard(first.lease.segmentId);
    });
    const [one, other] = await Promise.all([stopped, slot.run(second, ignore)]);
    expect([one.kind, other.kind]).toEqual(['released', 'trained']);
  });

  it('calls a death by its own doing process_died, and one by a stranger released', async () => {
    expect((await slot.run(simulatedTrainSegment({ steps: 3, crashRate: 1 }), ignore)).kind).toBe('process_died');
    const killed = slot.run(simulatedTrainSegment({ steps: 1_000, stepMs: 10 }), (news) => {
      if (news.kind === 'progress' && slot.pid !== undefined) process.kill(slot.pid, 'SIGKILL');
    });
    expect((await killed).kind).toBe('released');
  });

  it('kills a process that shows no progress for the stall limit', async () => {
    const outcome: SegmentOutcome = await slot.run(simulatedTrainSegment({ steps: 2, stepMs: 60_000 }), ignore);
    expect(outcome).toMatchObject({ kind: 'process_died', message: expect.stringContaining('stall') });
  });

  it('stops at once when the segment is no longer ours', async () => {
    const outcome = await slot.run(simulatedTrainSegment({ steps: 1_000, stepMs: 10 }), (news) => {
      if (news.kind === 'progress') slot.discard();
    });
    expect(outcome.kind).toBe('released');
  });
});

describe('the identity of a process', () => {
  it('is not proved dead while it lives, and is once the pid belongs to another start', () => {
    const own = ownIdentity();
    expect(isProvedDead(own)).toBe(false);
    expect(isProvedDead({ ...own, startTime: 'another' })).toBe(true);
  });
});
