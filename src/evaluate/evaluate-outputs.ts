import { formatCount } from '../base/format-count.ts';
import { type OutputRows, rowCount, sameOffsets } from '../sweep/output-rows.ts';
import { evaluatedNumber, type EvaluationMetrics } from '../metrics/values/evaluation-metrics.ts';
import type { Aggregate, EvaluatedRows, TaskScores } from '../tasks/task.ts';
import { gapName, metrics, trainName } from '../metrics/metrics.ts';
import { scoreMembers, scoreSet } from '../metrics/score-set.ts';
import type { ScoredSet } from '../metrics/forms/scored-set.ts';
import type { UpdateMeasures } from './update-spectrum.ts';
import { assertTheorem45 } from './theorem-45.ts';

/** The outputs of M members (or of one pass) for the inputs of a set of rows. */
export interface MemberOutputs {
  readonly members: readonly OutputRows[];
  readonly rows: EvaluatedRows;
}

export interface EvaluationInputs {
  readonly scores: TaskScores;
  readonly aggregate: Aggregate;
  readonly evaluated: MemberOutputs;
  /** The same mode on a fixed subsample of the train rows; null: no gap is taken. */
  readonly train: MemberOutputs | null;
  /** (1−p)² × entries of ΔW over all modules. */
  readonly expectedKeptEntries: number;
  /** Of the learned update; absent: it is not known. */
  readonly update?: UpdateMeasures;
}

/**
 * All metrics of one evaluation, and the averaged outputs that they are of. Gaps are train minus
 * evaluated, whichever way is better.
 * @throws Error when Theorem 4.5 does not hold, which is a defect
 */
export function evaluateOutputs(inputs: EvaluationInputs): { metrics: EvaluationMetrics; aggregated: Float64Array } {
  const { scores, aggregate } = inputs;
  const { numbers, aggregated, form } = evaluateSet(scores, aggregate, inputs.evaluated);
  const train = inputs.train === null ? null : evaluateSet(scores, aggregate, inputs.train).numbers;
  return {
    aggregated,
    metrics: {
      ...numbers,
      ...membersOf(inputs, form),
      ...(train === null ? {} : gaps(numbers, train)),
      expected_kept_entries: inputs.expectedKeptEntries,
      ...(inputs.update === undefined
        ? {}
        : { update_norm: inputs.update.norm, update_effective_rank: inputs.update.effectiveRank }),
      inference_passes: inputs.evaluated.members.length,
    },
  };
}

/** The metrics of the members' own predictions. @param form of what they predict */
function membersOf({ scores, aggregate, evaluated: { members, rows } }: EvaluationInputs, form: string) {
  return scoreMembers(form, members.length, () => memberSets(scores, aggregate, members, rows));
}

/** Each member's predictions by itself. */
export function memberSets(
  scores: TaskScores,
  aggregate: Aggregate,
  members: readonly OutputRows[],
  rows: EvaluatedRows,
): readonly ScoredSet[] {
  return members.map((member) =>
    scores.score(averageMembers([scores.averaged(member, aggregate, rows.shape)]), rows, aggregate),
  );
}

/**
 * The train rows' values of the metrics that have a gap, how far they are from the evaluated rows', and how many rows.
 */
function gaps(evaluated: EvaluationMetrics, train: EvaluationMetrics): Readonly<Record<string, number | null>> {
  const entries = metrics.flatMap(({ name, gap }) => {
    if (gap === undefined || evaluated[name] === undefined) return [];
    const own = evaluatedNumber(evaluated, name);
    const trained = evaluatedNumber(train, name);
    return [
      [trainName(name), trained],
      [gapName(name), own === null || trained === null ? null : trained - own],
    ] as const;
  });
  return { ...Object.fromEntries(entries), gap_rows: train.rows };
}

function evaluateSet(
  scores: TaskScores,
  aggregate: Aggregate,
  { members, rows }: MemberOutputs,
): { numbers: EvaluationMetrics; aggregated: Float64Array; form: string } {
  const averaged = averageMembers(members.map((member) => scores.averaged(member, aggregate, rows.shape)));
  const loss = scores.loss(averaged, rows, aggregate);
  const losses = members.map((member) => scores.memberLoss(member, rows));
  const meanMemberLoss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
  assertTheorem45(loss, meanMemberLoss);
  const set = scores.score(averaged, rows, aggregate);
  const numbers = { ...scoreSet(set), rows: rows.rows.length, loss, mean_member_loss: meanMemberLoss };
  return { numbers, aggregated: averaged.values, form: set.form };
}

/**
 * The mean over members, row by row. Sums accumulate in float64 in member order, so the same members give the same bits
 * however they were run.
 */
export function averageMembers(members: readonly OutputRows<Float32Array | Float64Array>[]): OutputRows<Float64Array> {
  const [first] = members;
  if (first === undefined) throw new RangeError('an evaluation has members');
  const sum = new Float64Array(first.values.length);
  for (const member of members) {
    if (!sameOffsets(first, member))
      throw new RangeError(`members are not of the same ${formatCount(rowCount(first), 'row')}`);
    for (const [i, value] of member.values.entries()) sum[i] = (sum[i] ?? 0) + value;
  }
  return { values: sum.map((value) => value / members.length), offsets: first.offsets };
}
