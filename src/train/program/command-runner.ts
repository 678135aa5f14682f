import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { fillArgument } from '../../sweep/file/read-program.ts';
import type { EvaluateSegment, SegmentOutcome, TrainSegment } from '../../sweep/segment.ts';
import type { ProgramSettings, TrainingSpecification } from '../../sweep/vocabulary.ts';
import { ProgramAttempt } from './program-attempt.ts';
import { demandSameFiles } from './program-files.ts';
import { type JsonCheckpoint, readJsonCheckpoint } from '../checkpoints/json-checkpoint.ts';
import { LiveProgram } from './live-program.ts';
import { ProgramProgress, resultOf, valuesOf } from './program-progress.ts';
import type { RunCommand, SegmentReporter, SegmentRunner } from '../process/segment-runner.ts';

/** How long a program that has passed a rung goes on before anybody has asked for more of it. */
const patienceMs = 5_000;

/**
 * Runs a program of the user's, once for each training. It runs on past a rung while that is decided; when the slot is
 * given another training, or nothing for a while, it was stopped there, and is ended.
 */
export function makeCommandRunner(): SegmentRunner {
  return new CommandRunner();
}

class CommandRunner implements SegmentRunner {
  /** Programs that have passed a rung, by their training. */
  readonly #open = new Map<string, LiveProgram>();
  #patience: NodeJS.Timeout | null = null;

  run(command: RunCommand, reporter: SegmentReporter): Promise<SegmentOutcome> {
    const { segment } = command;
    return segment.kind === 'train'
      ? this.#train(segment, command, reporter)
      : evaluate(segment, command.checkpointFolder, reporter);
  }

  probe(): Promise<never> {
    return Promise.reject(new Error('a program’s sweep has no constants of a theory'));
  }

  async #train(segment: TrainSegment, command: RunCommand, reporter: SegmentReporter): Promise<SegmentOutcome> {
    if (this.#patience !== null) clearTimeout(this.#patience);
    const { trainingHash, checkpoint } = segment;
    await this.#endOthers(trainingHash, reporter);
    const from = checkpoint === null ? null : readJsonCheckpoint(checkpoint, trainingHash, command.checkpointFolder);
    const progress = new ProgramProgress(segment.specification.total_steps, from);
    const program = progress.ended ? null : (this.#open.get(trainingHash) ?? (await begin(segment, command, progress)));
    this.#open.delete(trainingHash);
    const attempt = new ProgramAttempt({ segment, command, reporter, progress, program });
    const outcome = await attempt.run();
    if (program !== null && program.end === null) this.#keepOpen(trainingHash, program);
    return outcome;
  }

  /** One program at a time: the slot is for one. */
  async #endOthers(trainingHash: string, reporter: SegmentReporter): Promise<void> {
    const others = [...this.#open].filter(([hash]) => hash !== trainingHash);
    for (const [hash, program] of others) {
      this.#open.delete(hash);
      const beat = setInterval(() => reporter.progress(0, 1), 1_000);
      await program.stop();
      clearInterval(beat);
    }
  }

  #keepOpen(trainingHash: string, program: LiveProgram): void {
    this.#open.set(trainingHash, program);
    this.#patience = setTimeout(() => {
      this.#open.delete(trainingHash);
      void program.stop();
    }, patienceMs);
  }
}

/** @throws PROGRAM_CHANGED */
async function begin(
  { specification, trainingHash }: TrainSegment,
  { workFolder }: RunCommand,
  progress: ProgramProgress,
): Promise<LiveProgram> {
  const program = programOf(specification);
  demandSameFiles(program);
  const folder = join(workFolder ?? program.folder, trainingHash);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { seed, ...configuration } = specification.configuration;
  const file = join(folder, 'config.json');
  const words = {
    configuration: { ...configuration, seed },
    seed,
    steps: specification.total_steps,
    step: progress.step,
    folder,
  };
  await writeFile(file, `${JSON.stringify(words, null, 2)}\n`, { mode: 0o600 });
  const values = { ...configuration, seed, config: file, folder };
  return new LiveProgram({
    command: (program.command ?? []).map((argument) => fillArgument(argument, values)),
    folder: program.folder,
    environment: { ...process.env, DROPSWEEP_CONFIG: file, DROPSWEEP_FOLDER: folder, PYTHONUNBUFFERED: '1' },
    label: `program ${trainingHash.slice(0, 8)}`,
    terminateSeconds: program.terminate_seconds,
  });
}

export function programOf({ program }: TrainingSpecification): ProgramSettings {
  if (program?.command === undefined) throw new Error('a training that is no program’s was given to its runner');
  return program;
}

/** Evaluates by the numbers that the program had reported by the rung. */
async function evaluate(
  { specification, trainingHash, checkpoint, evaluations }: EvaluateSegment,
  folder: string,
  reporter: SegmentReporter,
): Promise<SegmentOutcome> {
  const kept = readJsonCheckpoint(checkpoint, trainingHash, folder);
  reporter.progress(1, 1);
  const isEnd = checkpoint.step === specification.total_steps;
  const values = isEnd ? resultOf(kept) : valuesOf(kept);
  const wanted = Object.keys(programOf(specification).metrics);
  if (isEnd && wanted.some((name) => values[name] === undefined)) throw unmeasured(wanted, kept);
  const predictionsSha256 = sha256(canonicalJson(values));
  const results = evaluations.map(({ evaluationId }) => ({ evaluationId, metrics: values, predictionsSha256 }));
  return { kind: 'evaluated', members: [], results, evaluateSeconds: 0 };
}

function unmeasured(wanted: readonly string[], kept: JsonCheckpoint): DropsweepError {
  const [earlier, last] = [valuesOf(kept), resultOf(kept)];
  const missing = wanted.filter((name) => last[name] === undefined);
  const before = missing.filter((name) => earlier[name] !== undefined);
  const atLast = `at its last, step ${JSON.stringify(kept['reached'])}, ${Object.keys(last).join(', ')}`;
  return new DropsweepError('PROGRAM_UNMEASURED', 'the program has not reported what the sweep file names', {
    where: `trainer.metrics: ${missing.join(', ')}`,
    got:
      Object.keys(earlier).length === 0
        ? 'no line of JSON on its standard output'
        : `${atLast}${before.length === 0 ? '' : `; ${before.join(', ')} at steps before it alone`}`,
    expected: `at its last step a line such as {"step": ${kept.step}, ${wanted.map((name) => `"${name}": 0.5`).join(', ')}}`,
    fix: 'let the program print it, and flush; then launch the sweep under a new name',
  });
}
