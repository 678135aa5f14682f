import type { EncodedInput } from '../data/encoded-rows.ts';
import { metricNamed } from '../metrics/metrics.ts';
import { scoreMembers } from '../metrics/score-set.ts';
import type { ScoredSet } from '../metrics/forms/scored-set.ts';
import type { OutputRows } from '../sweep/output-rows.ts';
import type { Aggregate, EvaluatedRows, TaskScores } from '../tasks/task.ts';
import { averageMembers, memberSets } from './evaluate-outputs.ts';

/** One evaluation's outputs with the rows that they are of: its metrics on any choice of the rows. */
export interface RowScores {
  readonly rows: number;
  /** Hash of the rows: only of the same can one be paired with another. */
  readonly dataset: string;
  /** The same of the further sets that stand beside it, by their names; absent: there are none. */
  readonly sets?: ReadonlyMap<string, RowScores>;
  /**
   * A metric over some rows, by their numbers, a row as often as it stands there.
   * @returns null where the evaluation has no such metric, or it is undefined on these rows
   */
  value(metric: string, rows: Uint32Array): number | null;
  /**
   * The metric of each row alone; null where it is a number of the whole set. A loss is their mean by the rows' weights,
   * such as their tokens, any other their plain mean.
   */
  perRow(metric: string): Float64Array | null;
  /** What each row counts in that mean; null: all alike. */
  weights(metric: string): Float64Array | null;
}

/** With the outputs themselves, from which other ensembles are made. */
export interface StoredScores extends RowScores {
  /** Predictions of the members' mean for all rows. */
  readonly set: ScoredSet;
  /** Each member's outputs, in their order. */
  readonly members: readonly OutputRows[];
  /** A metric on all rows, without those of each row alone. */
  whole(metric: string): number | null;
  /** The same rows with other members: some of these, or those of other seeds as well. */
  withMembers(members: readonly OutputRows[]): StoredScores;
  /** A metric of the members' own predictions on all rows; null for a single one, and where there is no such metric. */
  ofMembers(metric: string): number | null;
}

/** @param members outputs of the ensemble’s members, in their order @param dataset hash of the rows */
export function rowScores(
  scores: TaskScores,
  aggregate: Aggregate,
  members: readonly OutputRows[],
  evaluated: EvaluatedRows,
  dataset: string,
): StoredScores {
  const mean = averageMembers(members.map((member) => scores.averaged(member, aggregate, evaluated.shape)));
  const inputsOf = inputsByRow(evaluated.inputs, evaluated.rows.length);
  const judged = scores.settled?.(mean, evaluated, aggregate) ?? evaluated;
  const ofEachRow = new Map<string, Float64Array>();
  const over = (metric: string, rows: Uint32Array): number | null => {
    const chosen = { ...judged, ...chosenRows(judged, rows, inputsOf) };
    const outputs = selectOutputs(mean, rows, inputsOf);
    if (metric === 'loss') return scores.loss(outputs, chosen, aggregate);
    return computed(metric, scores.score(outputs, chosen, aggregate));
  };
  const perRow = (metric: string): Float64Array | null => {
    if (metricNamed(metric)?.over !== 'rows') return null;
    const known = ofEachRow.get(metric);
    if (known !== undefined) return known;
    const values = Float64Array.from(evaluated.rows, (_, row) => over(metric, Uint32Array.of(row)) ?? Number.NaN);
    ofEachRow.set(metric, values);
    return values.some(Number.isNaN) ? null : values;
  };
  const set = scores.score(mean, evaluated, aggregate);
  let weighted: Float64Array | null = null;
  const lossWeights = (): Float64Array | null =>
    scores.lossWeights === undefined ? null : (weighted ??= scores.lossWeights(evaluated));
  return {
    rows: evaluated.rows.length,
    dataset,
    set,
    members,
    whole: (metric) => (metric === 'loss' ? scores.loss(mean, evaluated, aggregate) : computed(metric, set)),
    withMembers: (others) => rowScores(scores, aggregate, others, evaluated, dataset),
    ofMembers(metric) {
      const sets = (): readonly ScoredSet[] => memberSets(scores, aggregate, members, evaluated);
      return scoreMembers(set.form, members.length, sets)[metric] ?? null;
    },
    perRow,
    weights: (metric) => (metric === 'loss' ? lossWeights() : null),
    value(metric, rows) {
      const values = perRow(metric);
      if (values === null) return over(metric, rows);
      return meanOfRows(values, metric === 'loss' ? lossWeights() : null, rows);
    },
  };
}

/** The mean over some rows, by what each counts; null where none counts. */
export function meanOfRows(values: Float64Array, weights: Float64Array | null, rows: Uint32Array): number | null {
  let [sum, weight] = [0, 0];
  for (const row of rows) {
    const own = weights === null ? 1 : (weights[row] ?? Number.NaN);
    sum += own * (values[row] ?? Number.NaN);
    weight += own;
  }
  return weight === 0 ? null : sum / weight;
}

/** A metric of a set; null where it has none, or the metric is undefined of it. */
function computed(metric: string, set: ScoredSet): number | null {
  const found = metricNamed(metric)
    ?.computations.find(({ form }) => form === set.form)
    ?.compute(set);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

/** Numbers of each row's inputs. */
function inputsByRow(inputs: readonly EncodedInput[], rows: number): readonly (readonly number[])[] {
  const found = Array.from({ length: rows }, (): number[] => []);
  for (const [index, { row }] of inputs.entries()) found[row]?.push(index);
  return found;
}

/** As selectRows, with what inputs each row has already looked up. */
function chosenRows(
  { rows, inputs }: EvaluatedRows,
  chosen: Uint32Array,
  inputsOf: readonly (readonly number[])[],
): Pick<EvaluatedRows, 'rows' | 'inputs'> {
  const numbers = Array.from(chosen);
  return {
    rows: numbers.map((number) => {
      const row = rows[number];
      if (row === undefined) throw new RangeError(`no row ${number} among ${rows.length}`);
      return row;
    }),
    inputs: numbers.flatMap((number, row) =>
      (inputsOf[number] ?? []).flatMap((input) => {
        const own = inputs[input];
        return own === undefined ? [] : { ...own, row };
      }),
    ),
  };
}

/** The outputs of some rows' inputs, in the order that chosenRows gives the inputs in. */
function selectOutputs(
  { values, offsets }: OutputRows<Float64Array>,
  rows: Uint32Array,
  inputsOf: readonly (readonly number[])[],
): OutputRows<Float64Array> {
  const chosen = Array.from(rows, (row) => inputsOf[row] ?? []).flat();
  const bounds = chosen.map((input) => [offsets[input] ?? 0, offsets[input + 1] ?? 0] as const);
  const starts = new Uint32Array(chosen.length + 1);
  for (const [index, [from, to]] of bounds.entries()) starts[index + 1] = (starts[index] ?? 0) + to - from;
  const picked = new Float64Array(starts.at(-1) ?? 0);
  for (const [index, [from, to]] of bounds.entries()) picked.set(values.subarray(from, to), starts[index] ?? 0);
  return { values: picked, offsets: starts };
}
