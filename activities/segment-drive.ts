import type { EventKindName } from '../src/sweep/event-kinds.ts';
import { promiseWithResolvers } from '../src/base/promise-with-resolvers.ts';
import type { WorkerLedger } from '../src/store/segments/worker-ledger.ts';
import type {
  CheckpointReference,
  EvaluationPage,
  MetricChunk,
  Segment,
  SegmentOutcome,
} from '../src/sweep/segment.ts';
import type { PackingPlan } from '../src/sweep/packing.ts';
import type { SegmentNews } from '../src/train/process/segment-news.ts';
import type { GroupCommit } from './group-commit.ts';
import { MetricBuffer } from './metric-buffer.ts';
import type { Trainer } from './trainer-pool.ts';

export interface SegmentDriveOptions {
  readonly ledger: WorkerLedger;
  readonly commits: Pick<GroupCommit, 'commit'>;
  /** Resolves when the trainer is this segment's. */
  readonly turn: Promise<void>;
  /** Asked at its turn: whether those before it took so long that others had better have it; null: never. */
  readonly late: (() => boolean) | null;
  readonly trainer: Trainer;
  readonly leaseMs: number;
  /** The device that packing plans are pinned for. */
  readonly packingDevice: string;
  /** Between renewals; each writes the metrics gathered since. */
  readonly renewEveryMs: number;
  /** Aborted when the slot is wanted back: by a cancel of the activity, or a draining worker. */
  readonly wantedBack: AbortSignal;
  /** Tells Temporal that the slot lives. */
  readonly heartbeat: () => void;
  /** True for errors that say that the record is away, not that it refused. */
  readonly isAway: (error: unknown) => boolean;
  readonly sleep: (ms: number) => Promise<void>;
}

interface PendingCheckpoint {
  readonly checkpoint: CheckpointReference;
  metrics: readonly MetricChunk[];
}

const commitRetryMs = { shortest: 200, longest: 5_000 };

/**
 * Takes one claimed segment through a slot: renews its lease with the metrics so far, writes checkpoints, commits the
 * outcome. While the record is away the trainer goes on and what it tells is kept; nothing is committed before the
 * record has said that the lease is still ours.
 */
export function driveSegment(segment: Segment, options: SegmentDriveOptions): DrivenSegment {
  const { promise: ran, resolve } = promiseWithResolvers<void>();
  return { ran, end: new SegmentDrive(segment, options, resolve).run().finally(resolve) };
}

interface DrivenSegment {
  /** Resolves when the trainer is free of it, before its outcome is in the record. */
  readonly ran: Promise<void>;
  readonly end: Promise<'committed' | 'stale'>;
}

class SegmentDrive {
  readonly #segment: Segment;
  readonly #options: SegmentDriveOptions;
  readonly #metrics = new MetricBuffer();
  readonly #checkpoints: PendingCheckpoint[] = [];
  readonly #events: { name: EventKindName; detail: Record<string, unknown> }[] = [];
  readonly #plans: PackingPlan[] = [];
  readonly #pages: EvaluationPage[] = [];
  #stale = false;
  #cancelWanted = false;
  #stopWanted = false;
  #over = false;
  #wake: (() => void) | null = null;

  readonly #ran: () => void;

  constructor(segment: Segment, options: SegmentDriveOptions, ran: () => void) {
    this.#segment = segment;
    this.#options = options;
    this.#ran = ran;
  }

  async run(): Promise<'committed' | 'stale'> {
    const { trainer, wantedBack } = this.#options;
    const release = () => trainer.release(this.#segment.lease.segmentId);
    const renewing = this.#renewUntilOver();
    try {
      await this.#options.turn;
      const running = this.#begin();
      if (wantedBack.aborted) release();
      wantedBack.addEventListener('abort', release);
      const outcome = await running.catch((error: unknown) => this.#handBack(error, renewing));
      this.#ran();
      await this.#finish(renewing);
      return await this.#commit(outcome);
    } finally {
      wantedBack.removeEventListener('abort', release);
      await this.#finish(renewing);
    }
  }

  /** Unless it is to stop before it began. */
  async #begin(): Promise<SegmentOutcome> {
    if (this.#stale || this.#stopWanted || this.#options.late?.() === true) return { kind: 'released' };
    return this.#options.trainer.run(this.#segment, (news) => this.#hear(news));
  }

  #hear(news: SegmentNews): void {
    switch (news.kind) {
      case 'progress':
        break;
      case 'metrics':
        this.#metrics.add(news.chunks);
        break;
      case 'checkpoint':
        this.#metrics.add(news.chunks);
        this.#checkpoints.push({ checkpoint: news.checkpoint, metrics: this.#metrics.takeNew() });
        this.#wake?.();
        break;
      case 'page':
        this.#pages.push(news.page);
        this.#wake?.();
        break;
      case 'event':
        this.#events.push({ name: news.name, detail: news.detail });
        break;
      case 'packing':
        this.#plans.push(news.plan);
        break;
    }
  }

  /** This machine cannot run it: another may, or this one later. The error goes on to whoever started the turn. */
  async #handBack(error: unknown, renewing: Promise<void>): Promise<never> {
    const message = error instanceof Error ? error.message : String(error);
    this.#events.push({ name: 'slot_failed', detail: { message } });
    await this.#finish(renewing);
    await this.#commit({ kind: 'released' });
    throw error;
  }

  /** One writer at a time: the last renewal ends before the commit begins. */
  async #finish(renewing: Promise<void>): Promise<void> {
    this.#over = true;
    this.#wake?.();
    await renewing;
  }

  async #renewUntilOver(): Promise<void> {
    const { trainer, renewEveryMs, heartbeat } = this.#options;
    for (let away = false; ; ) {
      await this.#pause(renewEveryMs, away);
      if (this.#over) return;
      if (trainer.alive) heartbeat();
      away = await this.#failed(() => this.#write());
    }
  }

  /**
   * Sleeps until the time is over, the segment has ended or, unless the record was away, a checkpoint or a page waits.
   */
  async #pause(ms: number, away: boolean): Promise<void> {
    if (this.#over || (this.#checkpoints.length + this.#pages.length > 0 && !away)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  /** Checkpoints first, then a renewal with the metrics so far; what fails to be written is kept for the next time. */
  async #write(): Promise<void> {
    const { ledger, leaseMs } = this.#options;
    const { lease } = this.#segment;
    await this.#writeCheckpoints();
    await this.#writePages();
    while (this.#events.length > 0 && !this.#stale) {
      const event = this.#events[0];
      if (event === undefined) break;
      await ledger.event(lease, event.name, event.detail);
      this.#events.shift();
    }
    if (this.#stale) return;
    await this.#pinPlans();
    const batch = this.#metrics.take();
    try {
      const state = await ledger.renew(lease, leaseMs, batch);
      if (state.kind === 'stale') this.#lost();
      else if (state.desired !== 'run') this.#stopFor(state.desired);
    } catch (error) {
      this.#metrics.giveBack(batch);
      throw error;
    }
  }

  async #pinPlans(): Promise<void> {
    for (;;) {
      const plan = this.#plans[0];
      if (plan === undefined) return;
      await this.#options.ledger.pinPacking(this.#segment.lease, this.#options.packingDevice, plan);
      this.#plans.shift();
    }
  }

  async #writeCheckpoints(): Promise<void> {
    const { ledger } = this.#options;
    for (;;) {
      const pending = this.#checkpoints[0];
      if (pending === undefined || this.#stale) return;
      pending.metrics = [...this.#metrics.takeReturned(), ...pending.metrics];
      const result = await ledger.checkpoint(this.#segment.lease, pending.checkpoint, pending.metrics);
      if (result === 'stale') this.#lost();
      this.#checkpoints.shift();
    }
  }

  async #writePages(): Promise<void> {
    for (;;) {
      const page = this.#pages[0];
      if (page === undefined || this.#stale) return;
      if ((await this.#options.ledger.keepPage(this.#segment.lease, page)) === 'stale') this.#lost();
      this.#pages.shift();
    }
  }

  #lost(): void {
    this.#stale = true;
    this.#options.trainer.discard(this.#segment.lease.segmentId);
  }

  #stopFor(desired: 'release' | 'cancel'): void {
    this.#stopWanted = true;
    if (desired === 'cancel') this.#cancelWanted = true;
    this.#options.trainer.release(this.#segment.lease.segmentId);
  }

  async #commit(outcome: SegmentOutcome): Promise<'committed' | 'stale'> {
    const { commits, sleep, heartbeat, isAway } = this.#options;
    for (let waitMs = commitRetryMs.shortest; ; waitMs = Math.min(commitRetryMs.longest, waitMs * 2)) {
      try {
        await this.#writeCheckpoints();
        // What is whole needs no pages.
        if (outcome.kind === 'released') await this.#writePages();
        const unwritten = !this.#metrics.empty || this.#events.length > 0 || this.#plans.length > 0;
        if (outcome.kind !== 'released') this.#pages.length = 0;
        if (unwritten && !this.#stale) await this.#write();
        if (this.#stale) return 'stale';
        const result = await commits.commit({ lease: this.#segment.lease, outcome: this.#final(outcome) });
        return result === 'written' ? 'committed' : 'stale';
      } catch (error) {
        if (!isAway(error)) throw error;
        heartbeat();
        await sleep(waitMs);
      }
    }
  }

  #final(outcome: SegmentOutcome): SegmentOutcome {
    if (!this.#cancelWanted || outcome.kind !== 'released') return outcome;
    return { kind: 'failed', outcome: 'cancelled', code: 'CANCELLED', message: 'its last sweep let go of it' };
  }

  async #failed(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return false;
    } catch (error) {
      // A refusal for any other reason is met again, and reported, by the commit.
      if (!this.#options.isAway(error)) this.#options.trainer.release(this.#segment.lease.segmentId);
      return true;
    }
  }
}
