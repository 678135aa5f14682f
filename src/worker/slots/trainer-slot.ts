import { constants } from 'node:os';
import type { Trainer } from '../../../activities/trainer-pool.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import { DropsweepError } from '../../base/errors.ts';
import { promiseWithResolvers, type PromiseWithResolversOf } from '../../base/promise-with-resolvers.ts';
import type { Segment, SegmentOutcome } from '../../sweep/segment.ts';
import type { RunCommand } from '../../train/process/segment-runner.ts';
import type { FromTrainer, ProbeRequest, RunMessage, TheoryConstants } from '../../train/process/trainer-protocol.ts';
import { outOfMemoryCount, recentOutOfMemoryCount } from './out-of-memory-count.ts';
import { type ChildEnd, TrainerChild } from './trainer-child.ts';
import type { TellNews } from '../../train/process/segment-news.ts';

export interface TrainerSlotOptions {
  readonly slot: number;
  readonly mainPath: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Without progress for so long, the process is killed. */
  readonly stallMs: number;
  /** From the request to give up a segment to SIGTERM, and from there to SIGKILL. */
  readonly releaseMs: number;
  readonly terminateMs: number;
  /** Brings data and model to this machine. */
  prepare(segment: Segment): Promise<RunCommand>;
}

/** From this attempt on, even deaths that somebody else caused count against a segment: they would never end. */
const patienceAttempts = 10;

/** Exit status of a trainer process that SIGTERM told to end. */
const terminatedStatus = 128 + constants.signals.SIGTERM;

/** Errors of preparing a segment that any other machine would meet as well. */
const sameEverywhere: ReadonlySet<ErrorCode> = new Set(['DATA_INVALID', 'MODEL_UNSUPPORTED']);

type JobEnd =
  | { readonly kind: 'outcome'; readonly outcome: SegmentOutcome }
  | { readonly kind: 'constants'; readonly constants: TheoryConstants }
  | { readonly kind: 'died'; readonly end: ChildEnd; readonly alone: boolean };

/** The work of the process for somebody: a segment, by its id, or the probe. */
interface Job {
  readonly tell: TellNews | null;
  readonly oomCount: number | null;
  stopWanted: boolean;
  stalled: boolean;
  finish(end: JobEnd): void;
}

const probeJob = 'probe';

/** One slot: keeps a trainer process warm, gives it one bundle or probe at a time, and ends it when it must. */
export class TrainerSlot implements Trainer {
  readonly #options: TrainerSlotOptions;
  #child: TrainerChild | null = null;
  #numericsClass: PromiseWithResolversOf<string> | null = null;
  readonly #jobs = new Map<string, Job>();
  /** Segments whose data and model are being brought here. */
  readonly #preparing = new Map<string, { stopWanted: boolean }>();
  #progressAt = 0;
  #insisting: NodeJS.Timeout | null = null;
  /** A segment of the process that runs has met the end of memory. */
  #exhausted = false;

  constructor(options: TrainerSlotOptions) {
    this.#options = options;
  }

  get slot(): number {
    return this.#options.slot;
  }

  /** Process id of the warm trainer process; undefined: none runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ids of the segments that the process works on. */
  get segments(): readonly string[] {
    return [...this.#jobs.keys()].filter((id) => id !== probeJob);
  }

  get alive(): boolean {
    return this.#jobs.size === 0 || performance.now() - this.#progressAt < this.#options.stallMs;
  }

  numericsClass(): Promise<string> {
    this.#start();
    if (this.#numericsClass === null) throw new Error('a started trainer process has a numerics class');
    return this.#numericsClass.promise;
  }

  async run(segment: Segment, tell: TellNews): Promise<SegmentOutcome> {
    const { segmentId } = segment.lease;
    const preparing = { stopWanted: false };
    this.#preparing.set(segmentId, preparing);
    let command: RunCommand;
    try {
      command = await this.#options.prepare(segment);
    } catch (error) {
      if (!(error instanceof DropsweepError && sameEverywhere.has(error.code))) throw error;
      return { kind: 'failed', outcome: 'infeasible', code: error.code, message: error.message };
    } finally {
      this.#preparing.delete(segmentId);
    }
    if (preparing.stopWanted) return { kind: 'released' };
    const { end, job } = await this.#work(segmentId, tell, command);
    if (end.kind === 'outcome') {
      // What a failed allocation left behind is not handed to the next segment; those beside it end first.
      if (end.outcome.kind === 'failed' && end.outcome.outcome === 'out_of_memory') this.#exhausted = true;
      if (this.#exhausted && this.#jobs.size === 0) await this.close();
      return end.outcome;
    }
    if (end.kind === 'constants') throw new Error('a trainer process answered a segment with constants');
    return describeDeath(end, job, segment.attempt);
  }

  async probe(request: ProbeRequest): Promise<TheoryConstants> {
    const { end } = await this.#work(probeJob, null, { kind: 'probe', request });
    if (end.kind === 'constants') return end.constants;
    const why = end.kind === 'died' ? end.end.lastWords : end.outcome.kind;
    throw new Error(`the theory probe's trainer process ended: ${why}`);
  }

  release(segmentId?: string): void {
    if (!this.#wantStopped(segmentId)) return;
    this.#child?.send(segmentId === undefined ? { kind: 'release' } : { kind: 'release', run: segmentId });
    this.#insist();
  }

  discard(segmentId?: string): void {
    if (!this.#wantStopped(segmentId)) return;
    const others = [...this.#jobs.values()].some((job) => !job.stopWanted);
    if (others) this.release(segmentId);
    else this.#child?.kill();
  }

  /** @returns whether the process works on any of it */
  #wantStopped(segmentId?: string): boolean {
    const named = <Value>(all: ReadonlyMap<string, Value>) =>
      [...all].flatMap(([id, value]) => (segmentId === undefined || id === segmentId ? [value] : []));
    for (const preparing of named(this.#preparing)) preparing.stopWanted = true;
    const jobs = named(this.#jobs);
    for (const job of jobs) job.stopWanted = true;
    return jobs.length > 0;
  }

  /** Ends the process: politely when idle, with signals and limits when not. Resolves when it is gone. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const ended = new Promise<void>((resolve) => {
      this.#onGone = resolve;
    });
    child.send({ kind: 'shutdown' });
    this.#insist();
    await ended;
  }

  /** At once, without waiting. */
  kill(): void {
    this.#child?.kill();
  }

  #onGone: (() => void) | null = null;

  #start(): TrainerChild {
    if (this.#child !== null) return this.#child;
    const ready = promiseWithResolvers<string>();
    // Who does not wait for the class learns of a death by the job's end.
    ready.promise.catch(() => undefined);
    this.#numericsClass = ready;
    const child = new TrainerChild({
      mainPath: this.#options.mainPath,
      environment: this.#options.environment,
      onMessage: (message) => this.#hear(message),
      onEnd: (end) => {
        this.#child = null;
        this.#exhausted = false;
        if (this.#insisting !== null) clearTimeout(this.#insisting);
        this.#insisting = null;
        ready.reject(new Error(`the trainer process of slot ${this.slot} ended: ${end.lastWords}`));
        const ids = [...this.#jobs.keys()];
        for (const id of ids) this.#finish(id, { kind: 'died', end, alone: ids.length === 1 });
        this.#onGone?.();
      },
    });
    this.#child = child;
    return child;
  }

  async #work(
    id: string,
    tell: TellNews | null,
    command: RunCommand | { kind: 'probe'; request: ProbeRequest },
  ): Promise<{ end: JobEnd; job: Job }> {
    if (this.#jobs.has(id) || this.#jobs.has(probeJob)) throw new Error(`slot ${this.slot} is busy`);
    const child = this.#start();
    const { promise, resolve } = promiseWithResolvers<JobEnd>();
    const job: Job = { tell, oomCount: recentOutOfMemoryCount(), stopWanted: false, stalled: false, finish: resolve };
    this.#jobs.set(id, job);
    this.#progressAt = performance.now();
    const watch = setInterval(() => {
      if (this.alive) return;
      job.stalled = true;
      child.kill();
    }, 1_000);
    child.send(command);
    const end = await promise;
    clearInterval(watch);
    return { end, job };
  }

  #finish(id: string, end: JobEnd): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    const stopping = [...this.#jobs.values()].some(({ stopWanted }) => stopWanted);
    if (end.kind !== 'died' && !stopping && this.#insisting !== null) {
      clearTimeout(this.#insisting);
      this.#insisting = null;
    }
    job?.finish(end);
  }

  #hear(message: FromTrainer): void {
    this.#progressAt = performance.now();
    if (message.kind === 'ready') this.#numericsClass?.resolve(message.numericsClass);
    else if (message.kind === 'probed') this.#finish(probeJob, { kind: 'constants', constants: message.constants });
    else this.#hearOfRun(message);
  }

  #hearOfRun(message: RunMessage): void {
    if (message.kind === 'done') this.#finish(message.run, { kind: 'outcome', outcome: message.outcome });
    else this.#jobs.get(message.run)?.tell?.(message);
  }

  /** SIGTERM, then SIGKILL, unless the process does as asked before. */
  #insist(): void {
    if (this.#insisting !== null) return;
    const { releaseMs, terminateMs } = this.#options;
    this.#insisting = setTimeout(() => {
      this.#child?.terminate();
      this.#insisting = setTimeout(() => this.#child?.kill(), terminateMs);
    }, releaseMs);
  }
}

/** How V8 and the C++ library end a process that cannot allocate, in place of an error that can be caught. */
const endedForMemory = /heap out of memory|OOMErrorHandler|FatalProcessOutOfMemory|std::bad_alloc/;

/** Whose doing a death was: ours (released), a stranger's SIGKILL (released), or the work's own (process_died). */
function describeDeath({ end, alone }: JobEnd & { kind: 'died' }, job: Job, attempt: number): SegmentOutcome {
  if (job.stalled) return { kind: 'process_died', message: 'no progress within the stall limit: killed' };
  if (job.stopWanted) return { kind: 'released' };
  const outsideSignal = end.signal === 'SIGKILL' || end.signal === 'SIGTERM' || end.code === terminatedStatus;
  const oomCount = outOfMemoryCount();
  const notForMemory = job.oomCount !== null && oomCount === job.oomCount;
  if (outsideSignal && notForMemory && attempt < patienceAttempts) return { kind: 'released' };
  if (alone && endedForMemory.test(end.lastWords)) {
    const message = `the trainer process ended for want of memory: ${end.lastWords}\n  to do: lower batch_size or max_length, or give the slot more memory`;
    return { kind: 'failed', outcome: 'out_of_memory', code: 'OUT_OF_MEMORY', message };
  }
  const how = end.signal === null ? `status ${end.code}` : `signal ${end.signal}`;
  const words = end.lastWords === '' ? '' : `: ${end.lastWords}`;
  return { kind: 'process_died', message: `the trainer process ended with ${how}${words}` };
}
