import type { Progress } from '../../base/progress.ts';
import { DropsweepError } from '../../base/errors.ts';
import { type FrozenRows, freezeRows } from '../../data/frozen-rows.ts';
import { openEncoder } from '../../models/open-encoder.ts';
import type { ResolvedInputs, SetDefinition, SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { TaskShape, TrainingSpecification } from '../../sweep/vocabulary.ts';
import { type LoadedSet, loadSet, settledBy } from '../../tasks/load-dataset.ts';
import { objectiveOf } from '../../train/engine/plan-engine.ts';
import type { DescribedSet } from './describe-data.ts';
import { withLocalData } from './local-data.ts';
import { type MeasuredSet, type MeasureOptions, measureSet, textBytes } from './measure-inputs.ts';

/** A further set of a sweep, read and frozen. */
export interface FrozenSet {
  readonly definition: SetDefinition;
  readonly loaded: LoadedSet;
  readonly frozen: FrozenRows;
}

/**
 * @param shape of the sweep's own task
 * @param place the base's folder or ONNX file, or empty
 * @throws DropsweepError DATA_INVALID, MODEL_UNSUPPORTED
 */
export async function loadSets(
  { sets = [] }: Pick<SweepDefinition, 'sets'>,
  shape: TaskShape,
  place: string,
  progress?: Progress,
): Promise<readonly FrozenSet[]> {
  const loaded: FrozenSet[] = [];
  for (const definition of sets) {
    progress?.(`reading rows of ${definition.name}`, null);
    const task = await withLocalData(definition.task, process.env, progress);
    const read = await loadSet({ ...definition, task }, shape);
    const set = definition.own_task ? await settledBy(read, place) : read;
    loaded.push({ definition, loaded: set, frozen: freezeRows(set.rows) });
  }
  return loaded;
}

/** The sets as data are described. */
export function describedSets(sets: readonly FrozenSet[]): readonly DescribedSet[] {
  return sets.map(({ definition: { name, max_length: maxLength }, loaded }) => ({
    ...loaded,
    name,
    ...(maxLength === undefined ? {} : { maxLength }),
  }));
}

/** The sets as a plan is told of them. */
export function resolvedSets(sets: readonly FrozenSet[]): Pick<ResolvedInputs, 'sets'> {
  if (sets.length === 0) return {};
  return {
    sets: sets.map(({ definition: { name, task, own_task: own, max_length: maxLength }, loaded, frozen }) => ({
      name,
      dataset: { hash: frozen.hash, rows: frozen.rows },
      ...(own ? { task: loaded.task } : {}),
      ...(task.judging === undefined ? {} : { judging: task.judging }),
      ...(maxLength === undefined ? {} : { max_length: maxLength }),
    })),
  };
}

/**
 * A set's own task may have a head that is trained with the sweep's, of the same labels, or one with nothing to train.
 * @param configuration of a training
 * @throws DropsweepError MODEL_UNSUPPORTED
 */
export function demandTrainedHeads(
  place: string,
  sets: readonly FrozenSet[],
  { task, configuration }: Pick<TrainingSpecification, 'task' | 'configuration'>,
): void {
  const { encoder } = openEncoder(place);
  const tensorsOf = (shape: TaskShape) => encoder.head(objectiveOf(shape, configuration).head).tensors;
  const trained = tensorsOf(task).map(({ name, shape }) => `${name} [${shape.join(', ')}]`);
  for (const { definition, loaded } of sets) {
    const wanted = definition.own_task ? tensorsOf(loaded.task) : [];
    const untrained = wanted
      .map(({ name, shape }) => `${name} [${shape.join(', ')}]`)
      .find((each) => !trained.includes(each));
    if (untrained === undefined) {
      if (wanted.length > 0) demandSameLabels(definition.name, loaded.task, task);
      continue;
    }
    throw new DropsweepError('MODEL_UNSUPPORTED', 'the task of a further set has a head that is not trained', {
      where: `evaluation.sets.${definition.name}.task`,
      got: `${untrained}, which the sweep's task does not train`,
      expected: 'a head that is trained, or one that has nothing to train',
      fix: 'give the set the sweep’s own task, or one whose outputs the base model has by itself',
    });
  }
}

/** An output of a trained head is the same label in a further set, or another would be scored in its place. */
function demandSameLabels(set: string, { label_names: own }: TaskShape, { label_names: trained }: TaskShape): void {
  if (own.join('\n') === trained.join('\n')) return;
  throw new DropsweepError('DATA_INVALID', 'a further set has other labels than the head that is trained', {
    where: `evaluation.sets.${set}.task`,
    got: own.join(', '),
    expected: `${trained.join(', ')}, in this order`,
    fix: 'give the set these labels in its task.labels, or the sweep’s own task',
  });
}

/**
 * Tokenises the sets' rows as evaluations will, and holds the inputs to what the model takes.
 * @param place the base's folder, or its ONNX file
 * @param maxLength of inputs where a set says nothing
 * @returns what they become, in their order
 * @throws DropsweepError MODEL_UNSUPPORTED, DATA_INVALID
 */
export async function measureSets(
  place: string,
  sets: readonly FrozenSet[],
  maxLength: number,
  options: MeasureOptions = {},
): Promise<readonly (MeasuredSet & { readonly hash: string })[]> {
  const measured: (MeasuredSet & { readonly hash: string })[] = [];
  for (const { definition, loaded, frozen } of sets) {
    const length = definition.max_length ?? maxLength;
    const rows = { ...loaded, name: definition.name, hash: frozen.hash };
    const { evaluated, ...set } = await measureSet(place, rows, length, options);
    const own = definition.own_task ? { task: loaded.task } : {};
    const bytes = evaluated.bytes + textBytes(frozen);
    measured.push({ ...set, hash: frozen.hash, evaluated: { ...evaluated, ...own, bytes } });
  }
  return measured;
}
