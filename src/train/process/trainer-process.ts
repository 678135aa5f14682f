import { asDefect } from './as-defect.ts';
import { asFailure } from './as-failure.ts';
import { Defect } from '../../base/defect.ts';
import { DropsweepError } from '../../base/errors.ts';
import type { SegmentOutcome } from '../../sweep/segment.ts';
import type { TrainerKind } from '../../sweep/vocabulary.ts';
import type { RunCommand, SegmentReporter, SegmentRunner } from './segment-runner.ts';
import type { FromTrainer, ProbeRequest, ToTrainer } from './trainer-protocol.ts';
import { newsTeller, type SegmentNews } from './segment-news.ts';

/** More would only cost the channel; the supervisor counts on one a second. What is over sooner tells its end alone. */
const progressEveryMs = 200;

export interface TrainerProcessOptions {
  /** Delivers a message; resolves once the channel has taken it. */
  readonly send: (message: FromTrainer) => void;
  /** Opened at the kind's first segment and kept warm. */
  readonly openRunner: (kind: TrainerKind) => Promise<SegmentRunner>;
  /** Asked to leave, and nothing runs. */
  readonly leave: () => void;
  /** A runner threw what is no outcome of a configuration. */
  readonly fail: (error: unknown) => void;
}

/**
 * The trainer's side of the protocol: takes the `run`s of one bundle, or one `probe`, at a time, keeps the runners
 * between them, and turns errors that a person can mend (DropsweepError) into outcomes. It owns no channel, so tests run
 * it in process.
 */
export class TrainerProcess {
  readonly #options: TrainerProcessOptions;
  readonly #runners = new Map<TrainerKind, Promise<SegmentRunner>>();
  /** By the segment's id. */
  readonly #runs = new Map<string, { releaseRequested: boolean }>();
  #probing = false;
  #leaving = false;

  constructor(options: TrainerProcessOptions) {
    this.#options = options;
  }

  receive(message: ToTrainer): void {
    switch (message.kind) {
      case 'run':
        this.#run(message);
        break;
      case 'probe':
        this.#probe(message.request);
        break;
      case 'release':
        this.#release(message.run);
        break;
      case 'shutdown':
        this.#leaving = true;
        this.#release();
        this.#leaveIfIdle();
        break;
    }
  }

  #run(command: RunCommand): void {
    const run = command.segment.lease.segmentId;
    if (this.#probing || this.#runs.has(run)) {
      this.#options.fail(new Error(`the trainer process is busy: it cannot take ${run}`));
      return;
    }
    this.#runs.set(run, { releaseRequested: this.#leaving });
    const train = async () => {
      const runner = await this.#runner(command.segment.specification.trainer);
      const outcome = await outcomeOf(() => runner.run(command, this.#reporter(run)));
      this.#options.send({ kind: 'done', run, outcome });
    };
    const over = () => {
      this.#runs.delete(run);
      if (this.#leaving) this.#leaveIfIdle();
    };
    train().then(over, this.#options.fail);
  }

  #probe(request: ProbeRequest): void {
    if (this.#probing || this.#runs.size > 0) {
      this.#options.fail(new Error('a probe was sent to a busy trainer process'));
      return;
    }
    this.#probing = true;
    const probe = async () => {
      const runner = await this.#runner(request.trainer ?? 'onnx');
      this.#options.send({ kind: 'probed', constants: await runner.probe(request) });
    };
    const over = () => {
      this.#probing = false;
      if (this.#leaving) this.#leaveIfIdle();
    };
    probe().then(over, this.#options.fail);
  }

  /** @param run absent: every one */
  #release(run?: string): void {
    for (const [id, state] of this.#runs) if (run === undefined || run === id) state.releaseRequested = true;
  }

  #leaveIfIdle(): void {
    if (this.#runs.size === 0 && !this.#probing) this.#options.leave();
  }

  #runner(kind: TrainerKind): Promise<SegmentRunner> {
    const known = this.#runners.get(kind);
    if (known !== undefined) return known;
    const opened = this.#options.openRunner(kind);
    this.#runners.set(kind, opened);
    return opened;
  }

  #reporter(run: string): SegmentReporter {
    const { send } = this.#options;
    const releaseRequested = () => this.#runs.get(run)?.releaseRequested ?? true;
    let progressAt = performance.now();
    const tell = (news: SegmentNews): void => {
      if (news.kind === 'progress') {
        const now = performance.now();
        if (now - progressAt < progressEveryMs) return;
        progressAt = now;
      }
      send({ ...news, run });
    };
    return {
      ...newsTeller(tell),
      get releaseRequested() {
        return releaseRequested();
      },
    };
  }
}

/** An error with a code names something that a person can mend and that another attempt would meet again. */
async function outcomeOf(run: () => Promise<SegmentOutcome>): Promise<SegmentOutcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Defect) return asDefect(error);
    if (!(error instanceof DropsweepError)) throw error;
    return asFailure(error);
  }
}
