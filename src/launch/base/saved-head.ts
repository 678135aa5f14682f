import { type FrozenAdapter, freezeAdapter } from '../../adapters/peft/frozen-adapter.ts';
import { peftTensorName } from '../../adapters/peft/tensor-names.ts';
import { DropsweepError } from '../../base/errors.ts';
import { besideModel } from '../../base/model-place.ts';
import type { HeadTensor } from '../../models/heads/heads.ts';
import { openEncoder } from '../../models/open-encoder.ts';
import type { ResolvedInputs, SweepPlan } from '../../sweep/sweep-definition.ts';
import { kindsOf } from '../../sweep/training-kinds.ts';
import { objectiveOf } from '../../train/engine/plan-engine.ts';
import { orderOf, readSavedLabels, type SavedOrder } from './saved-labels.ts';

/** What trainings begin with of heads that are saved, and a launch's remarks on it. */
export interface SavedHeads {
  readonly begun: Pick<ResolvedInputs, 'base_head'>;
  readonly remarks: readonly string[];
}

/**
 * The base's saved head in the order of the task's labels: by their names, where the two name them; a head of other labels
 * is another task's, and a new one is drawn, as of another number of labels.
 */
export function savedHeadOf({ inputs, trainings }: Pick<SweepPlan, 'inputs' | 'trainings'>): SavedHeads {
  const { base, task } = inputs;
  const { label_names: labels } = task;
  const none = { begun: {}, remarks: [] };
  if (base.folder === '') return none;
  const { weights } = openEncoder(base.folder);
  const saved = outputTensors({ inputs, trainings }).find(
    ({ name, shape }) => shape[0] === labels.length && weights.shapeOf(name)?.join() === shape.join(),
  );
  if (saved === undefined) return none;
  const names = readSavedLabels(besideModel(base.folder, ''));
  const order = orderOf(names, labels);
  const told = `the base's saved ${saved.name}`;
  if (order.kind === 'others') {
    const listed = `${told} is of ${listOf(names ?? [])}, the task of ${listOf(labels)}`;
    return { begun: { base_head: 'drawn' }, remarks: [`${listed}: a new one is drawn`] };
  }
  return { begun: isInOrder(order.rows) ? {} : { base_head: order.rows }, remarks: remarksOn(told, order, labels) };
}

/**
 * An adapter whose head has its outputs in the order of the task's labels.
 * @param folder of the adapter, as the sweep file names it
 * @throws WEIGHTS_INVALID where its head is of other labels
 */
export function withOrderedHead(
  plan: Pick<SweepPlan, 'inputs' | 'trainings'>,
  adapter: FrozenAdapter,
  folder: string,
): { readonly adapter: FrozenAdapter; readonly hasHead: boolean; readonly remarks: readonly string[] } {
  const { base, task } = plan.inputs;
  const { label_names: labels } = task;
  const { stored, configuration } = adapter;
  if (base.folder === '') return { adapter, hasHead: false, remarks: [] };
  const nameOf = ({ name }: HeadTensor): string => peftTensorName(configuration.shape.adapter, `head.${name}`);
  const saved = outputTensors(plan).filter(
    (tensor) => tensor.shape[0] === labels.length && stored.get(nameOf(tensor))?.join() === tensor.shape.join(),
  );
  const [first] = saved;
  if (first === undefined) return { adapter, hasHead: false, remarks: [] };
  const names = readSavedLabels(folder);
  const order = orderOf(names, labels);
  if (order.kind === 'others') {
    throw new DropsweepError('WEIGHTS_INVALID', 'init_adapter has a head of other labels', {
      where: `task.labels, init_adapter ${folder}`,
      got: listOf(labels),
      expected: `${listOf(names ?? [])}, in any order`,
      fix: 'name the labels of the data as those of the adapter; or save it without its head, to begin with a new one',
    });
  }
  const remarks = remarksOn(`init_adapter's saved ${first.name}`, order, labels);
  const ordered = { rows: order.rows, tensors: new Set(saved.map(nameOf)) };
  return { adapter: isInOrder(order.rows) ? adapter : freezeAdapter(folder, ordered), hasHead: true, remarks };
}

/** The tensors of the heads of a plan's trainings that have a row for each output. */
function outputTensors({ inputs, trainings }: Pick<SweepPlan, 'inputs' | 'trainings'>): readonly HeadTensor[] {
  const { encoder } = openEncoder(inputs.base.folder);
  const heads = kindsOf(trainings).map(({ first: { specification } }) =>
    encoder.head(objectiveOf(inputs.task, specification.configuration).head),
  );
  return heads.flatMap(({ tensors }) => tensors.filter((tensor) => tensor.hasOutputRows === true));
}

function remarksOn(told: string, { kind, rows }: Extract<SavedOrder, { rows: unknown }>, labels: readonly string[]) {
  if (kind === 'by_place')
    return [`${told} does not name its labels: its rows are taken as ${listOf(inRows(rows, labels))}`];
  return isInOrder(rows)
    ? []
    : [`${told} has its labels in the order ${listOf(inRows(rows, labels))}: its rows are taken by name`];
}

/** The labels in the order of the saved rows. */
function inRows(rows: readonly number[], labels: readonly string[]): readonly string[] {
  return labels.map((_, row) => labels[rows.indexOf(row)] ?? '');
}

function isInOrder(rows: readonly number[]): boolean {
  return rows.every((row, place) => row === place);
}

const namedAtMost = 6;

function listOf(names: readonly string[]): string {
  const named = names.slice(0, namedAtMost).join(', ');
  return names.length > namedAtMost ? `${named}, … (${names.length})` : named;
}
