import { freezeRows } from '../data/frozen-rows.ts';
import { demandSearch, planSweep } from '../search/planning/plan-sweep.ts';
import type { FrozenDataset } from '../store/plans/create-sweep.ts';
import type { PlannedTrainings, ResolvedInputs, SweepDefinition, SweepPlan } from '../sweep/sweep-definition.ts';
import { kindsOf } from '../sweep/training-kinds.ts';
import type { BaseModelReference, FrozenRow, TaskShape } from '../sweep/vocabulary.ts';
import type { LoadedDataset } from '../tasks/load-dataset.ts';
import { taskOf } from '../tasks/tasks.ts';
import { openEncoder } from '../models/open-encoder.ts';
import type { EvaluatedInputs } from '../train/segments/estimate-plan.ts';
import { objectiveOf } from '../train/engine/plan-engine.ts';
import { prepareProgramSweep } from './prepare-program-sweep.ts';
import { beginningOf, demandFit } from './base/initial-adapter.ts';
import { describeData, shortReport } from './data/describe-data.ts';
import { describeWarmUp } from './describe-warm-up.ts';
import { describeBase, encoderParametersOf } from './base/describe-base.ts';
import { type MeasuredInputs, type MeasureOptions, measureInputs, textBytes } from './data/measure-inputs.ts';
import { demandTrainedHeads, describedSets, measureSets, resolvedSets } from './data/further-sets.ts';
import { type LoadedRows, loadRows } from './data/load-rows.ts';
import { sharedMasks } from './shared-masks.ts';

type TokenCounts = Pick<MeasuredInputs, 'trainTokens' | 'devTokens' | 'longestRow'>;

/** A sweep that is ready to be recorded. */
export interface PreparedSweep extends TokenCounts {
  readonly plan: SweepPlan;
  readonly datasets: readonly FrozenDataset[];
  /** Mean tokens of an input of each further set, by its dataset's hash; where they are not known: as of dev. */
  readonly setTokens?: Readonly<Record<string, number>>;
  /** The inputs that evaluations take; absent: not known. */
  readonly evaluated?: readonly EvaluatedInputs[];
  /** Weights of the base's linears. */
  readonly encoderParameters: number;
  /** Remarks on base and rows for a launch. */
  readonly remarks: readonly string[];
  /** Those of them on the inputs that are made of rows; absent: none. */
  readonly inputRemarks?: readonly string[];
}

/** English e-mails and sentences: characters to a word piece. */
const charactersPerToken = 4.2;
/** Stands for a base that is not here yet. */
const miniLmParameters = 10_616_832;

/**
 * Loads and freezes the rows and plans the sweep.
 * @param resolveBase finds the base model; not asked for a simulated trainer, which has none
 * @throws DropsweepError DATA_INVALID, MODEL_NOT_FOUND, MODEL_UNSUPPORTED
 */
export async function prepareSweep(
  definition: SweepDefinition,
  resolveBase: (reference: string) => Promise<BaseModelReference>,
  options: MeasureOptions = {},
): Promise<PreparedSweep> {
  if (definition.program !== undefined) return prepareProgramSweep(definition, definition.program);
  demandSearch(definition);
  return prepareRows(definition, await loadRows(definition, resolveBase, options.progress), options);
}

/**
 * The same of rows that are loaded.
 * @throws DropsweepError DATA_INVALID, MODEL_UNSUPPORTED
 */
export async function prepareRows(
  definition: SweepDefinition,
  { base, place, rows, sets }: LoadedRows,
  options: MeasureOptions = {},
): Promise<PreparedSweep> {
  const { rows: taskRows } = taskOf(definition.task);
  const frozen = {
    train: freezeRows(rows.train),
    dev: freezeRows(rows.dev),
    test: rows.test === null ? null : freezeRows(rows.test),
  };
  const inputs = { base, task: rows.task, ...references(frozen), ...resolvedSets(sets) };
  const first = planSweep(definition, inputs);
  const { adapter, begun, ...beginning } = beginningOf(first);
  const measured = place === '' ? null : await measure(first, rows, options);
  const measuredSets = place === '' ? [] : await measureSets(place, sets, longestOf(first), options);
  const [kind] = kindsOf(first.trainings);
  if (base.folder !== '' && kind !== undefined) demandTrainedHeads(base.folder, sets, kind.first.specification);
  const counted = measured === null ? {} : { ...windowsOf(rows.task, measured), ...passedOver(first, measured) };
  const settled = { ...begun, ...counted };
  const plan = Object.keys(settled).length === 0 ? first : planSweep(definition, { ...inputs, ...settled });
  const texts = [frozen.train, frozen.dev, ...(frozen.test === null ? [] : [frozen.test])];
  const own = (evaluated: EvaluatedInputs) => ({
    ...evaluated,
    bytes: texts.reduce((sum, each) => sum + textBytes(each), evaluated.bytes),
  });
  const inputRemarks = [...(measured?.remarks ?? []), ...measuredSets.flatMap((set) => set.remarks)];
  if (adapter !== null) demandFit(plan, adapter, definition.init_adapter ?? '');
  return {
    plan,
    datasets: [
      ...texts,
      ...sets.map((set) => set.frozen),
      // Kept where rows are: a file that every worker is given by its hash.
      ...(adapter === null ? [] : [{ hash: adapter.hash, rows: 0, bytes: adapter.bytes }]),
    ].map(({ hash, rows: count, bytes }) => ({ hash, rows: count, content: bytes })),
    setTokens: Object.fromEntries(measuredSets.map(({ hash, tokens }) => [hash, tokens])),
    ...tokenCounts(measured ?? estimates(rows, (row) => taskRows.characters(row))),
    ...(measured === null ? {} : { evaluated: [own(measured.evaluated), ...measuredSets.map((set) => set.evaluated)] }),
    encoderParameters: base.folder === '' ? miniLmParameters : encoderParametersOf(base.folder, rows.task),
    remarks: [
      ...shortReport(
        await describeData(rows, { place, maxLength: longestOf(plan), measured: false, sets: describedSets(sets) }),
      ),
      ...(base.folder === '' ? [] : describeBase(plan)),
      ...beginning.remarks,
      ...sharedMasks(plan),
      ...describeWarmUp(plan),
      ...inputRemarks,
    ],
    inputRemarks,
  };
}

function tokenCounts({ trainTokens, devTokens, longestRow }: TokenCounts): TokenCounts {
  return { trainTokens, devTokens, longestRow };
}

function windowsOf(task: TaskShape, { trainInputs }: MeasuredInputs): Pick<ResolvedInputs, 'train_inputs'> {
  return taskOf(task).hasWindows === undefined ? {} : { train_inputs: trainInputs };
}

/** The token that the base's head passes over, where a row holds it. */
function passedOver({ inputs, trainings }: SweepPlan, measured: MeasuredInputs): Pick<ResolvedInputs, 'passes_over'> {
  const [kind] = kindsOf(trainings);
  if (kind === undefined) return {};
  const { head } = objectiveOf(inputs.task, kind.first.specification.configuration);
  const { passesOver } = openEncoder(inputs.base.folder).encoder.head(head);
  return passesOver === undefined || !measured.holds(passesOver) ? {} : { passes_over: passesOver };
}

function longestOf({ definition, trainings }: SweepPlan): number {
  return Math.max(...lengthsOf(trainings), definition.training.max_length);
}

/**
 * Makes inputs of rows at each max_length of the plan: what cannot be made an input of is found before anything is
 * recorded.
 */
function measure(
  { inputs, trainings }: SweepPlan,
  rows: LoadedDataset,
  options: MeasureOptions,
): Promise<MeasuredInputs> {
  const { train, dev, test } = inputs;
  const hashes = { train: train.hash, dev: dev.hash, ...(test === null ? {} : { test: test.hash }) };
  return measureInputs(inputs.base.folder, rows, lengthsOf(trainings), { ...options, hashes });
}

function lengthsOf(trainings: PlannedTrainings): readonly number[] {
  return [...new Set(kindsOf(trainings).map(({ first }) => first.specification.configuration.max_length))];
}

type Frozen = ReturnType<typeof freezeRows>;

function references(frozen: { readonly train: Frozen; readonly dev: Frozen; readonly test: Frozen | null }) {
  const reference = ({ hash, rows }: Frozen) => ({ hash, rows });
  return {
    train: reference(frozen.train),
    dev: reference(frozen.dev),
    test: frozen.test === null ? null : reference(frozen.test),
  };
}

/** From characters alone, where no tokenizer is there to count. */
function estimates({ train, dev }: LoadedDataset, charactersOf: (row: FrozenRow) => number): TokenCounts {
  const tokensOf = (row: FrozenRow) => Math.ceil(charactersOf(row) / charactersPerToken) + 3;
  const mean = (rows: readonly FrozenRow[]) =>
    rows.reduce((sum, row) => sum + tokensOf(row), 0) / Math.max(1, rows.length);
  return {
    trainTokens: mean(train),
    devTokens: mean(dev),
    longestRow: train.reduce((longest, row) => Math.max(longest, tokensOf(row)), 1),
  };
}
