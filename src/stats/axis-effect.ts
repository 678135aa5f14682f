import { intervalOf, type MeanInterval } from './student-interval.ts';

/** A value of an axis, with what was scored there. */
export interface AxisLevel<Value> {
  readonly value: Value;
  readonly score: MeanInterval;
}

export interface AxisEffect<Value> {
  /** In the order given. */
  readonly levels: readonly AxisLevel<Value>[];
  /**
   * Share of the scores' variance that lies between the levels (η² of a one-way analysis of variance); 0 where nothing
   * varies. What several axes share is counted for each of them.
   */
  readonly importance: number;
}

/** The effect of one axis alone on some scores, from what was scored at each of its levels. @param levels at least one */
export function axisEffect<Value>(
  levels: readonly {
    readonly value: Value;
    readonly score: Pick<MeanInterval, 'count' | 'mean' | 'deviation'>;
  }[],
): AxisEffect<Value> {
  const count = levels.reduce((sum, { score }) => sum + score.count, 0);
  const mean = levels.reduce((sum, { score }) => sum + score.count * score.mean, 0) / count;
  const between = levels.reduce((sum, { score }) => sum + score.count * (score.mean - mean) ** 2, 0);
  const within = levels.reduce((sum, { score }) => sum + (score.count - 1) * (score.deviation ?? 0) ** 2, 0);
  const total = between + within;
  return {
    levels: levels.map(({ value, score }) => ({ value, score: intervalOf(score) })),
    importance: total > 0 ? between / total : 0,
  };
}
