import { type MeanInterval, studentInterval } from './student-interval.ts';

/** A value of an axis, with what was scored there. */
export interface AxisLevel<Value> {
  readonly value: Value;
  readonly score: MeanInterval;
}

export interface AxisEffect<Value> {
  /** In the order of first appearance. */
  readonly levels: readonly AxisLevel<Value>[];
  /**
   * Share of the scores' variance that lies between the levels (η² of a one-way analysis of variance); 0 where nothing
   * varies. What several axes share is counted for each of them.
   */
  readonly importance: number;
}

/** The effect of one axis alone on some scores. @param scored at least one; the level of each is `level` */
export function axisEffect<Value>(
  scored: readonly { readonly level: Value; readonly score: number }[],
): AxisEffect<Value> {
  const groups = new Map<Value, number[]>();
  for (const { level, score } of scored) {
    const group = groups.get(level);
    if (group === undefined) groups.set(level, [score]);
    else group.push(score);
  }
  const levels = [...groups].map(([value, scores]) => ({ value, score: studentInterval(scores) }));
  const mean = scored.reduce((sum, { score }) => sum + score, 0) / scored.length;
  const total = scored.reduce((sum, { score }) => sum + (score - mean) ** 2, 0);
  const between = levels.reduce((sum, { score }) => sum + score.count * (score.mean - mean) ** 2, 0);
  return { levels, importance: total > 0 ? between / total : 0 };
}
