import { dropsAnything } from '../../sweep/element-dropout.ts';
import type { ConfigurationScore } from './configuration-scores.ts';
import type { variedColumns } from './varied-columns.ts';

export type VariedColumn = ReturnType<typeof variedColumns>[number];
export type ConfigurationPair = readonly [score: ConfigurationScore, reference: ConfigurationScore];

/** Columns that belong to an evaluation, whatever its training. */
const evaluationColumns = new Set([
  'ensemble_size',
  'evaluation_mode',
  'evaluation_dropout_rate',
  'split',
  'mask_seed',
  'aggregate',
]);

/**
 * Pairs of configurations that differ in one column alone, each of `own` with its like among `references`. Members, masks
 * and modes of a training that drops nothing are nothing to differ in: its single evaluation stands for all that drop at
 * their trainings' own rate. Nor does a single member differ in what would be averaged.
 * src/store/views/configurations/paired-differences.ts pairs alike.
 */
export function pairedBy(
  axis: VariedColumn,
  columns: readonly VariedColumn[],
  own: readonly ConfigurationScore[],
  references: readonly ConfigurationScore[],
): readonly ConfigurationPair[] {
  const others = columns.filter((column) => column !== axis);
  const ofTraining = others.filter(({ name }) => !evaluationColumns.has(name));
  const ofEvaluation = others.filter(({ name }) => evaluationColumns.has(name));
  const keyOf = (score: ConfigurationScore): string =>
    JSON.stringify([score.evaluation.split, ...ofTraining.map((column) => column.value(score))]);
  const byKey = new Map<string, ConfigurationScore[]>();
  for (const reference of references) byKey.set(keyOf(reference), [...(byKey.get(keyOf(reference)) ?? []), reference]);
  return own.flatMap((score) =>
    (byKey.get(keyOf(score)) ?? []).flatMap((reference): readonly ConfigurationPair[] =>
      evaluatedAlike(score, reference, ofEvaluation) ? [[score, reference]] : [],
    ),
  );
}

function evaluatedAlike(a: ConfigurationScore, b: ConfigurationScore, columns: readonly VariedColumn[]): boolean {
  if ((isPlain(a) && dropsAsTrained(b)) || (isPlain(b) && dropsAsTrained(a))) return true;
  const isSingle = [a, b].some(({ evaluation }) => evaluation.ensemble_size === 1);
  return columns.every((column) => (isSingle && column.name === 'aggregate') || column.value(a) === column.value(b));
}

/** Whether nothing was dropped, in training or at evaluation. */
function isPlain({ training, evaluation }: ConfigurationScore): boolean {
  return evaluation.mode === 'raw' && !dropsAnything(training);
}

function dropsAsTrained({ training, evaluation }: ConfigurationScore): boolean {
  return evaluation.mode === 'raw' || evaluation.dropout_rate === training.dropout_rate;
}
