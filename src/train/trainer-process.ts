import { DropsweepError } from '../base/errors.ts';
import type { SegmentOutcome } from '../sweep/segment.ts';
import type { TrainerKind } from '../sweep/vocabulary.ts';
import type { RunCommand, SegmentReporter, SegmentRunner } from './segment-runner.ts';
import type { FromTrainer, ToTrainer } from './trainer-protocol.ts';

/** More would only cost the channel; the supervisor counts on one a second. */
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
 * The trainer's side of the protocol: takes one `run` or `probe` at a time, keeps the runners between them, and turns
 * errors that a person can mend (DropsweepError) into outcomes. It owns no channel, so tests run it in process.
 */
export class TrainerProcess {
  readonly #options: TrainerProcessOptions;
  readonly #runners = new Map<TrainerKind, Promise<SegmentRunner>>();
  #busy = false;
  #leaving = false;
  #releaseRequested = false;

  constructor(options: TrainerProcessOptions) {
    this.#options = options;
  }

  receive(message: ToTrainer): void {
    switch (message.kind) {
      case 'run':
        this.#work(() => this.#run(message));
        break;
      case 'probe':
        this.#work(async () => {
          const runner = await this.#runner(message.request.trainer ?? 'onnx');
          this.#options.send({ kind: 'probed', constants: await runner.probe(message.request) });
        });
        break;
      case 'release':
        this.#releaseRequested = true;
        break;
      case 'shutdown':
        this.#leaving = true;
        this.#releaseRequested = true;
        if (!this.#busy) this.#options.leave();
        break;
    }
  }

  #work(job: () => Promise<void>): void {
    if (this.#busy) {
      this.#options.fail(new Error('a second job was sent to a busy trainer process'));
      return;
    }
    this.#busy = true;
    this.#releaseRequested = this.#leaving;
    const over = () => {
      this.#busy = false;
      if (this.#leaving) this.#options.leave();
    };
    job().then(over, this.#options.fail);
  }

  async #run(command: RunCommand): Promise<void> {
    const runner = await this.#runner(command.segment.specification.trainer);
    this.#options.send({ kind: 'done', outcome: await outcomeOf(() => runner.run(command, this.#reporter())) });
  }

  #runner(kind: TrainerKind): Promise<SegmentRunner> {
    const known = this.#runners.get(kind);
    if (known !== undefined) return known;
    const opened = this.#options.openRunner(kind);
    this.#runners.set(kind, opened);
    return opened;
  }

  #reporter(): SegmentReporter {
    const { send } = this.#options;
    const releaseRequested = () => this.#releaseRequested;
    let progressAt = -Infinity;
    return {
      progress(step, of) {
        const now = performance.now();
        if (now - progressAt < progressEveryMs && step < of) return;
        progressAt = now;
        send({ kind: 'progress', step, of });
      },
      metrics: (chunks) => send({ kind: 'metrics', chunks }),
      checkpoint: (checkpoint, chunks) => send({ kind: 'checkpoint', checkpoint, chunks }),
      event: (name, detail) => send({ kind: 'event', name, detail }),
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
    if (!(error instanceof DropsweepError)) throw error;
    return { kind: 'failed', outcome: 'infeasible', code: error.code, message: error.message };
  }
}
