import { present } from '../../base/defect.ts';
import { sha256 } from '../../base/sha256.ts';
import { evaluateOutputs } from '../../evaluate/evaluate-outputs.ts';
import { rowGroups } from '../../evaluate/row-groups.ts';
import { rowScores } from '../../evaluate/row-scores.ts';
import type { UpdateMeasures } from '../../evaluate/update-spectrum.ts';
import type { EvaluateSegment, EvaluationResult, MemberOutput, SegmentOutcome } from '../../sweep/segment.ts';
import { type ElementRates, elementRates } from '../../sweep/element-dropout.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import { droppedShare, type MaskVariant } from '../../sweep/mask-variant.ts';
import type { TaskShape, TrainingConfiguration } from '../../sweep/vocabulary.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { AdapterEngine, TrainingState } from '../engine/adapter-engine.ts';
import { readCheckpoint } from '../checkpoints/checkpoint.ts';
import {
  type EvaluationJob,
  type EvaluationPass,
  type EvaluationSet,
  passesOf,
  passKey,
  readJobs,
  storedOutputs,
} from './evaluation-jobs.ts';
import { forwardEach } from './forward-rows.ts';
import { memberPass } from '../engine/passes/member-pass.ts';
import { PageClock, type PageKeeping } from './output-pages.ts';
import type { RunCommand, SegmentReporter } from '../process/segment-runner.ts';
import { measuresOfUpdate } from '../engine/measures-of-update.ts';
import { parametersFor } from '../engine/graphs/trainable-layout.ts';
import type { WarmSlot } from './warm-slot.ts';

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
  const { base, task, configuration, trainer_version: version } = specification;
  const { layout } = await slot.engine(base, command.modelFolder, task, configuration, version);
  const { padId } = await slot.limits(base, command.modelFolder);
  const checkpoint = await readCheckpoint(segment.checkpoint, segment.trainingHash, command.checkpointFolder);
  const jobs = await readJobs(segment, command, slot);
  const outputs = storedOutputs(jobs);
  const missing = new Map<string, EvaluationPass>();
  for (const pass of jobs.flatMap(passesOf)) if (!outputs.has(pass.key)) missing.set(pass.key, pass);
  const elements = elementRates(configuration);
  const runnerOf = async (shape: TaskShape): Promise<PassRunner> => {
    const engine = await slot.engine(base, command.modelFolder, shape, configuration, version);
    return {
      engine,
      parameters: parametersFor(engine.layout, layout, checkpoint.state.parameters),
      padId,
      elements,
      variant: configuration,
    };
  };
  const clock = new PageClock(1_000 * command.checkpointEverySeconds);
  let rowsDone = 0;
  const rowsAll = [...missing.values()].reduce((sum, pass) => sum + pass.set.rows.inputs.length, 0);
  for (const passes of overOneSet([...missing.values()])) {
    const run = await runnerOf(passes[0].set.rows.shape);
    const keeping = (pass: EvaluationPass) => keepingOf(jobs, pass, reporter, clock);
    const given = await runPasses({ ...run, keeping }, passes, reporter, (rows) =>
      reporter.progress((rowsDone += rows), rowsAll),
    );
    if (given === null) {
      clock.flush();
      return { kind: 'released' };
    }
    for (const [index, { key }] of passes.entries()) {
      const own = present(given[index], key);
      if (!own.values.every(Number.isFinite)) return notFinite();
      outputs.set(key, own);
    }
  }
  const entries = layout.modules.reduce((sum, module) => sum + module.inFeatures * module.outFeatures, 0);
  const keptEntries = keptShare(configuration) * entries;
  const update = measuresOfUpdate(configuration, layout, checkpoint.state.parameters);
  return {
    kind: 'evaluated',
    members: newMembers(jobs, outputs, missing),
    results: jobs.map((job) =>
      withFacts(scoreOf(job, outputs, { keptEntries, update }), keptStep(checkpoint.state, segment)),
    ),
    evaluateSeconds: (performance.now() - startedAt) / 1_000,
  };
}

interface PassRunner {
  readonly engine: AdapterEngine;
  readonly parameters: Float32Array;
  readonly padId: number;
  /** The training's own. */
  readonly elements: ElementRates;
  readonly variant: MaskVariant;
}

/** Pages of a pass are kept under the evaluation that needs it first; what one kept, any that needs it finds. */
function keepingOf(
  jobs: readonly EvaluationJob[],
  { key, member }: EvaluationPass,
  reporter: SegmentReporter,
  clock: PageClock,
): PageKeeping | null {
  const owner = jobs.find(
    ({ pending, evaluated }) =>
      member < pending.configuration.ensemble_size && passKey(evaluated, pending.configuration, member) === key,
  );
  if (owner === undefined) return null;
  const { evaluationId, storedPages = [] } = owner.pending;
  return {
    stored: storedPages.filter((page) => page.member === member),
    clock,
    keep: (page) => reporter.page({ ...page, evaluationId, member }),
  };
}

type PassesOfSet = readonly [EvaluationPass, ...EvaluationPass[]];

/** Passes over the same rows together, in the order that the first of each was asked for. */
function overOneSet(passes: readonly EvaluationPass[]): readonly PassesOfSet[] {
  const sets = new Map<string, [EvaluationPass, ...EvaluationPass[]]>();
  for (const pass of passes) {
    const known = sets.get(pass.set.id);
    if (known === undefined) sets.set(pass.set.id, [pass]);
    else known.push(pass);
  }
  return [...sets.values()];
}

/** Outputs of each pass: of each input in the set's order, without those of padding, or null when the slot was asked for meanwhile. */
async function runPasses(
  {
    engine,
    parameters,
    padId,
    elements,
    variant,
    keeping,
  }: PassRunner & { readonly keeping: (pass: EvaluationPass) => PageKeeping | null },
  passes: PassesOfSet,
  reporter: SegmentReporter,
  rowsDone: (rows: number) => void,
): Promise<readonly OutputRows[] | null> {
  const model = { layout: engine.layout, parameters, elements, variant };
  const forward = passes.map((pass) => {
    const kept = keeping(pass);
    return { ...memberPass(model, pass.configuration, pass.member), ...(kept === null ? {} : { keeping: kept }) };
  });
  return forwardEach({ engine, padId }, passes[0].set.rows, forward, () => reporter.releaseRequested, rowsDone);
}

/** Share of an update's entries that masks leave, in expectation. */
function keptShare({ dropout_rate: rate, rank, ...variant }: TrainingConfiguration): number {
  // The method's own is spelled as it always was: to the bit.
  return variant.masked === undefined ? (1 - rate) ** 2 : 1 - droppedShare(variant, rate, rank);
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
  jobs: readonly EvaluationJob[],
  outputs: ReadonlyMap<string, OutputRows>,
  ran: ReadonlyMap<string, EvaluationPass>,
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
  { pending, evaluated, train }: EvaluationJob,
  outputs: ReadonlyMap<string, OutputRows>,
  { keptEntries, update }: { readonly keptEntries: number; readonly update: UpdateMeasures },
): EvaluationResult {
  const { configuration } = pending;
  const membersOn = (set: EvaluationSet): OutputRows[] =>
    Array.from({ length: configuration.ensemble_size }, (_, member) => {
      const own = outputs.get(passKey(set, configuration, member));
      if (own === undefined) throw new Error(`member ${member} of ${set.id} was not run`);
      return own;
    });
  const { scores } = taskOf(evaluated.rows.shape);
  const groupsOf = (metric: string, members: readonly OutputRows[]): readonly number[] | null =>
    rowGroups(rowScores(scores, configuration.aggregate, members, evaluated.rows, evaluated.id), metric);
  const { metrics, aggregated } = evaluateOutputs({
    scores,
    aggregate: configuration.aggregate,
    evaluated: { members: membersOn(evaluated), rows: evaluated.rows },
    train: train === null ? null : { members: membersOn(train), rows: train.rows },
    expectedKeptEntries: keptEntries,
    update,
  });
  const predictionsSha256 = sha256(new Uint8Array(aggregated.buffer, aggregated.byteOffset, aggregated.byteLength));
  const groups = pending.groupsOf === undefined ? null : groupsOf(pending.groupsOf, membersOn(evaluated));
  return {
    ...{ evaluationId: pending.evaluationId, metrics, predictionsSha256 },
    ...(groups === null ? {} : { rowGroups: groups }),
  };
}

function notFinite(): SegmentOutcome {
  const message = 'the trained adapter gives outputs that are not finite; lower learning_rate or set clip_norm';
  return { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message };
}
