import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { sha256 } from '../base/sha256.ts';
import { sortedBatches } from '../data/epoch-batches.ts';
import { tokenBatch } from '../data/token-batch.ts';
import type { TokenisedRows } from '../data/tokenise.ts';
import { evaluateOutputs } from '../evaluate/evaluate-outputs.ts';
import type {
  EvaluateSegment,
  EvaluationResult,
  MemberLogits,
  PendingEvaluation,
  SegmentOutcome,
} from '../sweep/segment.ts';
import { type ElementRates, elementRates } from '../sweep/element-dropout.ts';
import type { EvaluationConfiguration, TaskShape } from '../sweep/vocabulary.ts';
import type { AdapterEngine } from './adapter-engine.ts';
import { readCheckpoint } from './checkpoint.ts';
import { memberMasks } from './instance-masks.ts';
import type { RunCommand, SegmentReporter } from './segment-runner.ts';
import { trainSubsample, type WarmSlot } from './warm-slot.ts';

/** Rows of one forward pass. Fixed: results do not depend on it, memory does. */
const EVALUATION_ROWS = 32;

/** One forward pass over one set of rows: a member of an ensemble, or the only pass of the other modes. */
interface Pass {
  readonly key: string;
  readonly configuration: EvaluationConfiguration;
  readonly member: number;
  readonly set: EvaluationSet;
}

interface EvaluationSet {
  readonly id: string;
  readonly tokens: TokenisedRows;
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
  const outputs = storedOutputs(jobs, task);
  const missing = new Map<string, Pass>();
  for (const pass of jobs.flatMap(passesOf)) if (!outputs.has(pass.key)) missing.set(pass.key, pass);
  const elements = elementRates(configuration);
  const run = { engine, parameters: checkpoint.state.parameters, padId, elements };
  let rowsDone = 0;
  const rowsAll = [...missing.values()].reduce((sum, pass) => sum + pass.set.tokens.labels.length, 0);
  for (const pass of missing.values()) {
    const logits = await runPass(run, pass, reporter, (rows) => reporter.progress((rowsDone += rows), rowsAll));
    if (logits === null) return { kind: 'released' };
    if (!logits.every(Number.isFinite)) return notFinite();
    outputs.set(pass.key, logits);
  }
  const entries = engine.layout.modules.reduce((sum, module) => sum + module.inFeatures * module.outFeatures, 0);
  const keptEntries = (1 - configuration.dropout_rate) ** 2 * entries;
  return {
    kind: 'evaluated',
    members: newMembers(jobs, outputs, missing),
    results: jobs.map((job) => scoreOf(job, task, outputs, keptEntries)),
    evaluateSeconds: (performance.now() - startedAt) / 1_000,
  };
}

async function readJobs(segment: EvaluateSegment, command: RunCommand, slot: WarmSlot): Promise<Job[]> {
  const { base, train, configuration } = segment.specification;
  const { modelFolder, datasetFiles } = command;
  const read = (dataset: typeof train): Promise<TokenisedRows> =>
    slot.tokens(base, modelFolder, dataset, datasetFiles[dataset.hash], configuration.max_length);
  const trainTokens = await read(train);
  const jobs: Job[] = [];
  for (const pending of segment.evaluations) {
    const tokens = await read(pending.dataset);
    const rows = Math.min(tokens.labels.length, trainTokens.labels.length);
    jobs.push({
      pending,
      evaluated: { id: pending.dataset.hash, tokens },
      train: { id: `train:${train.hash}:${rows}`, tokens: trainSubsample(trainTokens, train.hash, rows) },
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

function storedOutputs(jobs: readonly Job[], task: TaskShape): Map<string, Float32Array> {
  const classes = task.kind === 'regression' ? 1 : task.label_names.length;
  const outputs = new Map<string, Float32Array>();
  for (const { pending, evaluated } of jobs) {
    for (const { member, logits } of pending.storedMembers) {
      if (logits.length !== evaluated.tokens.labels.length * classes) continue;
      outputs.set(passKey(evaluated, pending.configuration, member), logits);
    }
  }
  return outputs;
}

interface PassRunner {
  readonly engine: AdapterEngine;
  readonly parameters: Float32Array;
  readonly padId: number;
  /** The training's own. */
  readonly elements: ElementRates;
}

/** Logits [rows, classes] in the set's row order, or null when the slot was asked for meanwhile. */
async function runPass(
  { engine, parameters, padId, elements }: PassRunner,
  { configuration, member, set }: Pass,
  reporter: SegmentReporter,
  rowsDone: (rows: number) => void,
): Promise<Float32Array | null> {
  const { mode, dropout_rate: rate, mask_seed: maskSeed } = configuration;
  const rates = { dropoutRate: rate, elements };
  const masks = mode === 'ensemble' ? memberMasks(engine.layout, rates, maskSeed, member) : null;
  const updateScale = mode === 'expected' ? (1 - rate) ** 2 : 1;
  const lengths = set.tokens.inputIds.map((ids) => ids.length);
  let out = new Float32Array();
  for (const batch of sortedBatches(lengths, EVALUATION_ROWS)) {
    if (reporter.releaseRequested) return null;
    const logits = await engine.logits(parameters, tokenBatch(set.tokens, batch, padId), masks, updateScale);
    const classes = logits.length / batch.rows.length;
    if (out.length === 0) out = new Float32Array(lengths.length * classes);
    for (const [position, row] of batch.rows.entries()) {
      out.set(logits.subarray(position * classes, (position + 1) * classes), row * classes);
    }
    rowsDone(batch.rows.length);
    await turnOfEventLoop();
  }
  return out;
}

/** Each member that was run on evaluated rows, under every evaluation that uses it. */
function newMembers(
  jobs: readonly Job[],
  outputs: ReadonlyMap<string, Float32Array>,
  ran: ReadonlyMap<string, Pass>,
): MemberLogits[] {
  return jobs.flatMap(({ pending, evaluated }) =>
    Array.from({ length: pending.configuration.ensemble_size }, (_, member) => {
      const key = passKey(evaluated, pending.configuration, member);
      const logits = ran.has(key) ? outputs.get(key) : undefined;
      return logits === undefined ? null : { evaluationId: pending.evaluationId, member, logits };
    }).filter((one) => one !== null),
  );
}

function scoreOf(
  { pending, evaluated, train }: Job,
  task: TaskShape,
  outputs: ReadonlyMap<string, Float32Array>,
  expectedKeptEntries: number,
): EvaluationResult {
  const { configuration } = pending;
  const membersOn = (set: EvaluationSet): Float32Array[] =>
    Array.from({ length: configuration.ensemble_size }, (_, member) => {
      const logits = outputs.get(passKey(set, configuration, member));
      if (logits === undefined) throw new Error(`member ${member} of ${set.id} was not run`);
      return logits;
    });
  const { metrics, aggregated } = evaluateOutputs({
    task,
    aggregate: configuration.aggregate,
    evaluated: { members: membersOn(evaluated), labels: evaluated.tokens.labels },
    train: { members: membersOn(train), labels: train.tokens.labels },
    expectedKeptEntries,
  });
  const predictionsSha256 = sha256(new Uint8Array(aggregated.buffer, aggregated.byteOffset, aggregated.byteLength));
  return { evaluationId: pending.evaluationId, metrics, predictionsSha256 };
}

function notFinite(): SegmentOutcome {
  const message = 'the trained adapter gives outputs that are not finite; lower learning_rate or set clip_norm';
  return { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message };
}
