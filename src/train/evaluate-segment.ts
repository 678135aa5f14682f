import { sha256 } from '../base/sha256.ts';
import { evaluateOutputs } from '../evaluate/evaluate-outputs.ts';
import type {
  EvaluateSegment,
  EvaluationResult,
  MemberOutput,
  PendingEvaluation,
  SegmentOutcome,
} from '../sweep/segment.ts';
import { type ElementRates, elementRates } from '../sweep/element-dropout.ts';
import { type OutputRows, sameOffsets } from '../sweep/output-rows.ts';
import type { EvaluationConfiguration, TaskShape } from '../sweep/vocabulary.ts';
import type { EvaluatedRows } from '../tasks/task.ts';
import { taskOf } from '../tasks/tasks.ts';
import type { AdapterEngine, TrainingState } from './adapter-engine.ts';
import { readCheckpoint } from './checkpoint.ts';
import { forwardRows, outputOffsets } from './forward-rows.ts';
import { memberMasks } from './instance-masks.ts';
import type { RunCommand, SegmentReporter } from './segment-runner.ts';
import { trainSubsample, type WarmSlot } from './warm-slot.ts';

/** One forward pass over one set of rows: a member of an ensemble, or the only pass of the other modes. */
interface Pass {
  readonly key: string;
  readonly configuration: EvaluationConfiguration;
  readonly member: number;
  readonly set: EvaluationSet;
}

interface EvaluationSet {
  readonly id: string;
  readonly rows: EvaluatedRows;
}

/** An evaluation with its two sets of rows. */
interface Job {
  readonly pending: PendingEvaluation;
  readonly evaluated: EvaluationSet;
  readonly train: EvaluationSet;
}

/**
 * Scores one training's checkpoint under all its pending evaluations. Members are keyed by (mask seed, member) and
 * shared: the largest M decides how many passes are run, and members that earlier evaluations stored are not run
 * again.
 */
export async function evaluateSegment(
  segment: EvaluateSegment,
  command: RunCommand,
  reporter: SegmentReporter,
  slot: WarmSlot,
): Promise<SegmentOutcome> {
  const startedAt = performance.now();
  const { specification } = segment;
  const { base, task, configuration } = specification;
  const engine = await slot.engine(base, command.modelFolder, task, configuration);
  const { padId } = await slot.limits(command.modelFolder);
  const checkpoint = await readCheckpoint(segment.checkpoint, segment.trainingHash, command.checkpointFolder);
  const jobs = await readJobs(segment, command, slot);
  const outputs = storedOutputs(jobs);
  const missing = new Map<string, Pass>();
  for (const pass of jobs.flatMap(passesOf)) if (!outputs.has(pass.key)) missing.set(pass.key, pass);
  const elements = elementRates(configuration);
  const run = { engine, parameters: checkpoint.state.parameters, padId, elements };
  let rowsDone = 0;
  const rowsAll = [...missing.values()].reduce((sum, pass) => sum + pass.set.rows.inputs.length, 0);
  for (const pass of missing.values()) {
    const given = await runPass(run, pass, reporter, (rows) => reporter.progress((rowsDone += rows), rowsAll));
    if (given === null) return { kind: 'released' };
    if (!given.values.every(Number.isFinite)) return notFinite();
    outputs.set(pass.key, given);
  }
  const entries = engine.layout.modules.reduce((sum, module) => sum + module.inFeatures * module.outFeatures, 0);
  const keptEntries = (1 - configuration.dropout_rate) ** 2 * entries;
  return {
    kind: 'evaluated',
    members: newMembers(jobs, outputs, missing),
    results: jobs.map((job) =>
      withFacts(scoreOf(job, task, outputs, keptEntries), keptStep(checkpoint.state, segment)),
    ),
    evaluateSeconds: (performance.now() - startedAt) / 1_000,
  };
}

async function readJobs(segment: EvaluateSegment, command: RunCommand, slot: WarmSlot): Promise<Job[]> {
  const { base, task, train, configuration } = segment.specification;
  const { modelFolder, datasetFiles } = command;
  const { max_length: maxLength } = configuration;
  const read = (dataset: typeof train) =>
    slot.encoded({ base, modelFolder, task, dataset, file: datasetFiles[dataset.hash], maxLength });
  const trainRows = await read(train);
  const jobs: Job[] = [];
  for (const pending of segment.evaluations) {
    const evaluated = await read(pending.dataset);
    const count = Math.min(evaluated.rows.length, trainRows.rows.length);
    const { judging } = pending.configuration;
    const judged = { shape: task, ...(judging === undefined ? {} : { judging }) };
    jobs.push({
      pending,
      evaluated: { id: pending.dataset.hash, rows: { ...evaluated, ...judged } },
      train: {
        id: `train:${train.hash}:${count}`,
        rows: { ...trainSubsample(trainRows, train.hash, count), ...judged },
      },
    });
  }
  return jobs;
}

function passesOf({ pending, evaluated, train }: Job): Pass[] {
  const { configuration } = pending;
  const members = Array.from({ length: configuration.ensemble_size }, (_, member) => member);
  return [evaluated, train].flatMap((set) =>
    members.map((member) => ({ key: passKey(set, configuration, member), configuration, member, set })),
  );
}

/** Equal keys are equal passes, whichever evaluation asked first. */
function passKey(set: EvaluationSet, configuration: EvaluationConfiguration, member: number): string {
  const { mode, dropout_rate: rate, mask_seed: maskSeed } = configuration;
  if (mode === 'raw') return JSON.stringify([set.id, mode, member]);
  return JSON.stringify(mode === 'expected' ? [set.id, mode, rate] : [set.id, mode, rate, maskSeed, member]);
}

/** What was stored by one who made other inputs of the rows is left aside. */
function storedOutputs(jobs: readonly Job[]): Map<string, OutputRows> {
  const stored = new Map<string, OutputRows>();
  for (const { pending, evaluated } of jobs) {
    const offsets = outputOffsets(evaluated.rows);
    for (const { member, outputs } of pending.storedMembers) {
      if (!sameOffsets(outputs, { offsets })) continue;
      stored.set(passKey(evaluated, pending.configuration, member), outputs);
    }
  }
  return stored;
}

interface PassRunner {
  readonly engine: AdapterEngine;
  readonly parameters: Float32Array;
  readonly padId: number;
  /** The training's own. */
  readonly elements: ElementRates;
}

/** Outputs of each input in the set's order, without those of padding, or null when the slot was asked for meanwhile. */
async function runPass(
  { engine, parameters, padId, elements }: PassRunner,
  { configuration, member, set }: Pass,
  reporter: SegmentReporter,
  rowsDone: (rows: number) => void,
): Promise<OutputRows | null> {
  const { mode, dropout_rate: rate, mask_seed: maskSeed } = configuration;
  const rates = { dropoutRate: rate, elements };
  const masks = mode === 'ensemble' ? memberMasks(engine.layout, rates, maskSeed, member) : null;
  const updateScale = mode === 'expected' ? (1 - rate) ** 2 : 1;
  const pass = { parameters, masks, updateScale };
  return forwardRows({ engine, padId }, set.rows, pass, () => reporter.releaseRequested, rowsDone);
}

/** The step whose weights the training ended with, where the dev rows chose it. */
function keptStep(
  { selection, step }: TrainingState,
  { specification }: EvaluateSegment,
): Readonly<Record<string, number>> {
  if (step < specification.total_steps || selection === undefined || selection.kept === null) return {};
  return { kept_step: selection.kept.step };
}

function withFacts(result: EvaluationResult, facts: Readonly<Record<string, number>>): EvaluationResult {
  return { ...result, metrics: { ...result.metrics, ...facts } };
}

/** Each member that was run on evaluated rows, under every evaluation that uses it. */
function newMembers(
  jobs: readonly Job[],
  outputs: ReadonlyMap<string, OutputRows>,
  ran: ReadonlyMap<string, Pass>,
): MemberOutput[] {
  return jobs.flatMap(({ pending, evaluated }) =>
    Array.from({ length: pending.configuration.ensemble_size }, (_, member) => {
      const key = passKey(evaluated, pending.configuration, member);
      const own = ran.has(key) ? outputs.get(key) : undefined;
      return own === undefined ? null : { evaluationId: pending.evaluationId, member, outputs: own };
    }).filter((one) => one !== null),
  );
}

function scoreOf(
  { pending, evaluated, train }: Job,
  task: TaskShape,
  outputs: ReadonlyMap<string, OutputRows>,
  expectedKeptEntries: number,
): EvaluationResult {
  const { configuration } = pending;
  const membersOn = (set: EvaluationSet): OutputRows[] =>
    Array.from({ length: configuration.ensemble_size }, (_, member) => {
      const own = outputs.get(passKey(set, configuration, member));
      if (own === undefined) throw new Error(`member ${member} of ${set.id} was not run`);
      return own;
    });
  const { metrics, aggregated } = evaluateOutputs({
    scores: taskOf(task).scores,
    aggregate: configuration.aggregate,
    evaluated: { members: membersOn(evaluated), rows: evaluated.rows },
    train: { members: membersOn(train), rows: train.rows },
    expectedKeptEntries,
  });
  const predictionsSha256 = sha256(new Uint8Array(aggregated.buffer, aggregated.byteOffset, aggregated.byteLength));
  return { evaluationId: pending.evaluationId, metrics, predictionsSha256 };
}

function notFinite(): SegmentOutcome {
  const message = 'the trained adapter gives outputs that are not finite; lower learning_rate or set clip_norm';
  return { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message };
}
