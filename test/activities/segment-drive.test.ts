import type { PackingPlan } from '../../src/sweep/packing.ts';
import { describe, expect, it } from 'vitest';
import { GroupCommit } from '../../activities/group-commit.ts';
import { driveSegment, type SegmentDriveOptions } from '../../activities/segment-drive.ts';
import type { Trainer } from '../../activities/trainer-pool.ts';
import { type NewsTeller, newsTeller, type TellNews } from '../../src/train/process/segment-news.ts';
import type { FenceResult, LeaseState, SegmentEnd, WorkerLedger } from '../../src/store/segments/worker-ledger.ts';
import type { CheckpointReference, EvaluationPage, MetricChunk, SegmentOutcome } from '../../src/sweep/segment.ts';
import { simulatedTrainSegment } from '../support/simulated-segment.ts';

class RecordAway extends Error {}

/** A record whose answers the test scripts, and that notes what was written in order. */
class ScriptedLedger implements WorkerLedger {
  readonly written: string[] = [];
  away = false;
  lease: LeaseState = { kind: 'held', desired: 'run' };
  commitResult: FenceResult = 'written';

  #touch(): void {
    if (this.away) throw new RecordAway();
  }
  claim(): Promise<never> {
    throw new Error('a drive claims nothing');
  }
  async renew(_lease: unknown, _leaseMs: number, metrics: readonly MetricChunk[]): Promise<LeaseState> {
    this.#touch();
    if (metrics.length > 0) this.written.push(`metrics ${metrics.map(span).join(' ')}`);
    return this.lease;
  }
  async checkpoint(
    _l: unknown,
    checkpoint: CheckpointReference,
    metrics: readonly MetricChunk[],
  ): Promise<FenceResult> {
    this.#touch();
    this.written.push(`checkpoint ${checkpoint.step} with ${metrics.map(span).join(' ')}`);
    return 'written';
  }
  async keepPage(_lease: unknown, { member, inputs }: EvaluationPage): Promise<FenceResult> {
    this.#touch();
    this.written.push(`page of member ${member}: ${[...inputs].join()}`);
    return 'written';
  }
  async commit(_lease: unknown, outcome: SegmentOutcome): Promise<FenceResult> {
    this.#touch();
    this.written.push(`commit ${outcome.kind}`);
    return this.commitResult;
  }
  async commitAll(ends: readonly SegmentEnd[]): Promise<readonly FenceResult[]> {
    return Promise.all(ends.map(({ lease, outcome }) => this.commit(lease, outcome)));
  }
  async pinPacking(_lease: unknown, device: string, { pack }: PackingPlan): Promise<void> {
    this.#touch();
    this.written.push(`pack ${pack} on ${device}`);
  }
  async event(_lease: unknown, kind: string): Promise<void> {
    this.#touch();
    this.written.push(`event ${kind}`);
  }
}

function span({ name, firstStep, values }: MetricChunk): string {
  return `${name}[${firstStep}..${firstStep + values.length - 1}]`;
}

/** A trainer whose segment is a function of the test. */
class ScriptedTrainer implements Trainer {
  readonly alive = true;
  discarded = false;
  #stop: (() => void) | null = null;
  readonly stopped = new Promise<void>((resolve) => {
    this.#stop = resolve;
  });
  readonly #script: (listener: NewsTeller, stopped: Promise<void>) => Promise<SegmentOutcome>;

  constructor(script: (listener: NewsTeller, stopped: Promise<void>) => Promise<SegmentOutcome>) {
    this.#script = script;
  }
  async numericsClass(): Promise<string> {
    return 'test';
  }
  run(_segment: unknown, tell: TellNews): Promise<SegmentOutcome> {
    return this.#script(newsTeller(tell), this.stopped);
  }
  probe(): Promise<never> {
    throw new Error('a drive probes nothing');
  }
  release(): void {
    this.#stop?.();
  }
  discard(): void {
    this.discarded = true;
    this.#stop?.();
  }
}

const loss = (firstStep: number, count: number): MetricChunk => ({
  name: 'loss',
  firstStep,
  values: new Float64Array(count).fill(0.5),
});
const checkpointAt = (step: number): CheckpointReference => ({ storeId: 's', uri: 'u', step, sha256: '', bytes: 1 });
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function drive(ledger: ScriptedLedger, trainer: ScriptedTrainer, wantedBack = new AbortController().signal) {
  return startDrive(ledger, trainer, { wantedBack }).end;
}

function startDrive(ledger: ScriptedLedger, trainer: ScriptedTrainer, more: Partial<SegmentDriveOptions>) {
  const isAway = (error: unknown) => error instanceof RecordAway;
  return driveSegment(simulatedTrainSegment({ steps: 10 }), {
    ledger,
    commits: new GroupCommit((ends) => ledger.commitAll(ends), isAway),
    turn: Promise.resolve(),
    late: null,
    trainer,
    leaseMs: 1_000,
    packingDevice: 'test',
    renewEveryMs: 5,
    wantedBack: new AbortController().signal,
    heartbeat: () => undefined,
    isAway,
    sleep: () => sleep(2),
    ...more,
  });
}

describe('a segment on its way through a slot', () => {
  it('writes metrics while it runs, checkpoints with the metrics up to their step, and commits once', async () => {
    const ledger = new ScriptedLedger();
    const trainer = new ScriptedTrainer(async (listener) => {
      listener.metrics([loss(1, 2)]);
      listener.metrics([loss(3, 2)]);
      listener.checkpoint(checkpointAt(5), [loss(5, 1)]);
      await sleep(20);
      listener.metrics([loss(6, 1)]);
      return { kind: 'released' };
    });
    expect(await drive(ledger, trainer)).toBe('committed');
    expect(ledger.written).toEqual(['checkpoint 5 with loss[1..5]', 'metrics loss[6..6]', 'commit released']);
  });

  it('goes on while the record is away, keeps everything in order, and commits when it is back', async () => {
    const ledger = new ScriptedLedger();
    const trainer = new ScriptedTrainer(async (listener) => {
      ledger.away = true;
      listener.metrics([loss(1, 2)]);
      await sleep(20);
      listener.metrics([loss(3, 1)]);
      listener.checkpoint(checkpointAt(4), [loss(4, 1)]);
      await sleep(20);
      setTimeout(() => {
        ledger.away = false;
      }, 20);
      return { kind: 'released' };
    });
    expect(await drive(ledger, trainer)).toBe('committed');
    expect(ledger.written).toEqual(['checkpoint 4 with loss[1..2] loss[3..4]', 'commit released']);
  });

  it('writes pages of an evaluation as they come, those of its end before it is given back, none once it is whole', async () => {
    const page = (member: number): EvaluationPage => ({
      evaluationId: 'e',
      member,
      inputs: Uint32Array.of(member, 9),
      outputs: { values: Float32Array.of(1, 2), offsets: Uint32Array.of(0, 1, 2) },
    });
    const paged = async (outcome: SegmentOutcome) => {
      const ledger = new ScriptedLedger();
      const trainer = new ScriptedTrainer(async (listener) => {
        listener.page(page(0));
        await sleep(20);
        listener.page(page(1));
        return outcome;
      });
      expect(await drive(ledger, trainer)).toBe('committed');
      return ledger.written;
    };
    expect(await paged({ kind: 'released' })).toEqual([
      'page of member 0: 0,9',
      'page of member 1: 1,9',
      'commit released',
    ]);
    const whole = await paged({ kind: 'evaluated', members: [], results: [], evaluateSeconds: 1 });
    expect(whole[0]).toBe('page of member 0: 0,9');
    expect(whole.at(-1)).toBe('commit evaluated');
  });

  it('discards the work and writes nothing once the lease is stale', async () => {
    const ledger = new ScriptedLedger();
    ledger.lease = { kind: 'stale' };
    const trainer = new ScriptedTrainer(async (_listener, stopped) => {
      await stopped;
      return { kind: 'released' };
    });
    expect(await drive(ledger, trainer)).toBe('stale');
    expect(trainer.discarded).toBe(true);
    expect(ledger.written).toEqual([]);
  });

  it('gives the slot back on a pause, and commits a cancelled training as cancelled', async () => {
    const untilStopped = () =>
      new ScriptedTrainer(async (_listener, stopped) => {
        await stopped;
        return { kind: 'released' };
      });
    const paused = new ScriptedLedger();
    paused.lease = { kind: 'held', desired: 'release' };
    await drive(paused, untilStopped());
    expect(paused.written).toEqual(['commit released']);
    const cancelled = new ScriptedLedger();
    cancelled.lease = { kind: 'held', desired: 'cancel' };
    await drive(cancelled, untilStopped());
    expect(cancelled.written).toEqual(['commit failed']);
  });

  it('asks for the slot back when its turn is cancelled', async () => {
    const ledger = new ScriptedLedger();
    const controller = new AbortController();
    const trainer = new ScriptedTrainer(async (_listener, stopped) => {
      controller.abort();
      await stopped;
      return { kind: 'released' };
    });
    expect(await drive(ledger, trainer, controller.signal)).toBe('committed');
  });

  it('gives the segment back, with an event, when this machine cannot run it', async () => {
    const ledger = new ScriptedLedger();
    const trainer = new ScriptedTrainer(() => Promise.reject(new Error('no model here')));
    await expect(drive(ledger, trainer)).rejects.toThrow('no model here');
    expect(ledger.written).toEqual(['event slot_failed', 'commit released']);
  });

  it('reports an error that does not say that the record is away', async () => {
    const ledger = new ScriptedLedger();
    ledger.commit = () => Promise.reject(new Error('refused'));
    const trainer = new ScriptedTrainer(async () => ({ kind: 'released' }));
    await expect(drive(ledger, trainer)).rejects.toThrow('refused');
  });

  it('that waits for its turn is given back unbegun when its sweep is paused meanwhile, or its turn comes late', async () => {
    for (const [lease, late] of [
      [{ kind: 'held', desired: 'release' }, null],
      [{ kind: 'held', desired: 'run' }, () => true],
    ] as const) {
      const ledger = new ScriptedLedger();
      ledger.lease = lease;
      const trainer = new ScriptedTrainer(() => Promise.reject(new Error('it was begun')));
      const { end } = startDrive(ledger, trainer, { turn: sleep(30), late });
      expect(await end).toBe('committed');
      expect(ledger.written).toEqual(['commit released']);
    }
  });

  it('that somebody else has taken over before its turn came is left to them', async () => {
    const ledger = new ScriptedLedger();
    ledger.lease = { kind: 'stale' };
    const trainer = new ScriptedTrainer(() => Promise.reject(new Error('it was begun')));
    expect(await startDrive(ledger, trainer, { turn: sleep(30) }).end).toBe('stale');
    expect(ledger.written).toEqual([]);
  });
});
