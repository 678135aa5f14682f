import { stripVTControlCharacters } from 'node:util';
import { isDiskFull } from '../../base/disk-full.ts';
import { DropsweepError } from '../../base/errors.ts';
import type { CheckpointReference, SegmentOutcome, TrainSegment } from '../../sweep/segment.ts';
import type { ProgramSettings } from '../../sweep/vocabulary.ts';
import { writeJsonCheckpoint } from '../checkpoints/json-checkpoint.ts';
import type { LiveProgram, ProgramEnd } from './live-program.ts';
import type { ProgramReport } from './program-lines.ts';
import type { ProgramProgress } from './program-progress.ts';
import type { RunCommand, SegmentReporter } from '../process/segment-runner.ts';
import { saveWhenThereIsRoom } from '../checkpoints/wait-for-room.ts';

interface AttemptParts {
  readonly segment: TrainSegment;
  readonly command: RunCommand;
  readonly reporter: SegmentReporter;
  readonly progress: ProgramProgress;
  /** Null: it had ended already. */
  readonly program: LiveProgram | null;
}

/** The slot is asked for, and its work looked after, at least this often. */
const lookEveryMs = 200;

/** One attempt at bringing a program's training to a rung. */
export class ProgramAttempt {
  readonly #parts: AttemptParts;
  readonly #settings: ProgramSettings | undefined;
  readonly #startedAt = performance.now();
  #checkpointedAt = performance.now();

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.#settings = parts.segment.specification.program;
  }

  get #steps(): number {
    return this.#parts.segment.specification.total_steps;
  }

  async run(): Promise<SegmentOutcome> {
    const { segment, reporter, progress, program } = this.#parts;
    const otherwise = program === null ? null : await this.#follow(program);
    if (otherwise !== null) return otherwise;
    const told = progress.flush();
    const checkpoint = await saveWhenThereIsRoom(() => this.#save(segment.endStep), reporter, segment.endStep);
    if (checkpoint === null) return { kind: 'released' };
    const trainSeconds = (performance.now() - this.#startedAt) / 1_000;
    return { kind: 'trained', checkpoint, metrics: told, trainSeconds, trainableParameters: 0 };
  }

  /** Takes in what it reports, to the rung or its end. Null: it came there; else how the attempt has ended. */
  async #follow(program: LiveProgram): Promise<SegmentOutcome | null> {
    const { segment, command, reporter, progress } = this.#parts;
    while (!this.#isThere(program)) {
      if (reporter.releaseRequested) return this.#release(program);
      const report = program.next;
      if (report !== null) {
        const undefinedValue = report.undefinedValues[0];
        if (undefinedValue !== undefined) return this.#diverged(program, report, undefinedValue);
        if (report.stepOfRun > this.#steps) await this.#endPastEnd(program, report.stepOfRun);
        program.take();
        reporter.metrics(progress.take(report));
        reporter.progress(Math.min(progress.step, segment.endStep), segment.endStep);
        continue;
      }
      if (program.end !== null) {
        const failure = this.#failureOf(program.end);
        if (failure === null) this.#end();
        return failure;
      }
      if (this.#isOverTime(program)) await this.#endOverTime(program);
      await program.news(lookEveryMs);
      // It may be silent for long: that it lives is what the slot counts on.
      reporter.progress(Math.min(progress.step, segment.endStep), segment.endStep + 1);
      if (performance.now() - this.#checkpointedAt >= command.checkpointEverySeconds * 1_000) await this.#report();
    }
    return null;
  }

  /** Whether the rung is passed. The last is where the program ends: it may have something left to do. */
  #isThere({ next }: LiveProgram): boolean {
    const { segment, progress } = this.#parts;
    if (segment.endStep >= this.#steps) return false;
    if (progress.step > segment.endStep) return true;
    if (next !== null) return progress.stepOf(next) > segment.endStep;
    const measured = Object.keys(this.#settings?.metrics ?? {}).every((name) => progress.last[name] !== undefined);
    return progress.step === segment.endStep && measured;
  }

  /** It has ended well, perhaps before its last step. */
  #end(): void {
    const { progress, reporter } = this.#parts;
    progress.end();
    if (progress.step > 0 && progress.step < this.#steps)
      reporter.event('ended_early', { step: progress.step, of: this.#steps });
  }

  /** @throws PROGRAM_PAST_END */
  async #endPastEnd(program: LiveProgram, step: number): Promise<never> {
    await program.stop();
    throw new DropsweepError('PROGRAM_PAST_END', 'the program reports a step past the end of its training', {
      where: 'trainer.steps',
      got: `a report of step ${step}`,
      expected: `at most ${this.#steps}; a line without step is of the next one`,
      fix: 'write into the sweep file how many it takes, or mend what it prints, and launch the sweep under a new name',
    });
  }

  async #release(program: LiveProgram): Promise<SegmentOutcome> {
    await program.stop();
    await this.#report();
    return { kind: 'released' };
  }

  #isOverTime({ startedAt }: LiveProgram): boolean {
    const limit = this.#settings?.timeout_seconds;
    return limit !== undefined && performance.now() - startedAt > limit * 1_000;
  }

  /** @throws PROGRAM_TIMEOUT */
  async #endOverTime(program: LiveProgram): Promise<never> {
    await program.stop();
    throw new DropsweepError('PROGRAM_TIMEOUT', 'the program was ended: its time was over', {
      where: 'trainer.timeout_seconds',
      got: `step ${this.#parts.progress.step} after ${this.#settings?.timeout_seconds} s`,
      expected: 'an end before that',
      fix: 'give it more time, or less to do, under a new name',
    });
  }

  async #diverged(program: LiveProgram, report: ProgramReport, name: string): Promise<SegmentOutcome> {
    await program.stop();
    const message = `NON_FINITE: ${name} is no number at step ${this.#parts.progress.stepOf(report)}`;
    return { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message };
  }

  /** Null: it ended well. A death by a signal may be a stranger's doing, and is tried again; a status is its own word. */
  #failureOf({ code, signal, lastWords }: ProgramEnd): SegmentOutcome | null {
    if (code === 0) return null;
    const words = saidLast(lastWords);
    if (code === null) return { kind: 'process_died', message: `the program ended by ${signal}${words}` };
    const error = new DropsweepError('PROGRAM_FAILED', `the program ended with status ${code}${words}`, {
      fix: 'mend it, and launch the sweep under a new name; or dropsweep retry, where the cause lay outside',
    });
    return { kind: 'failed', outcome: 'crashed', code: error.code, message: error.message };
  }

  /** Tells where it stands. A full disk is told too, and survived. */
  async #report(): Promise<void> {
    const { reporter, progress, segment } = this.#parts;
    this.#checkpointedAt = performance.now();
    const step = Math.min(progress.step, segment.endStep - 1);
    if (step < 1) return;
    try {
      reporter.checkpoint(await this.#save(step), progress.flush());
    } catch (error) {
      if (!(error instanceof DropsweepError && isDiskFull(error))) throw error;
      reporter.event('checkpoint_failed', { code: error.code, message: error.message, step });
    }
  }

  #save(step: number): Promise<CheckpointReference> {
    const { segment, command, progress } = this.#parts;
    const state = progress.checkpoint(segment.trainingHash, step);
    return writeJsonCheckpoint(segment, state, { folder: command.checkpointFolder, storeId: command.storeId });
  }
}

/** Its last line without colours, which stands wherever a failure is one line, and before it the others. */
function saidLast(words: string): string {
  const lines = stripVTControlCharacters(words).trimEnd().split('\n');
  const last = lines.pop()?.trim() ?? '';
  if (last === '') return '';
  return lines.length === 0 ? `: ${last}` : `: ${last}; before that it wrote:\n${lines.join('\n')}`;
}
