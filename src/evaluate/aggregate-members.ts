import { softmax } from './softmax.ts';

/**
 * The ensemble's output: the mean over members of their logits, or of their probabilities. Sums accumulate in float64
 * in member order, so the same members give the same bits however they were run.
 * @param members [M] of [rows, classes]; member m at index m
 */
export function aggregateMembers(
  members: readonly Float32Array[],
  classes: number,
  aggregate: 'logits' | 'probabilities',
): Float64Array {
  const sum = new Float64Array(members[0]?.length ?? 0);
  for (const member of members) {
    const values = aggregate === 'logits' ? member : softmax(member, classes);
    for (const [i, value] of values.entries()) sum[i] = (sum[i] ?? 0) + value;
  }
  return sum.map((value) => value / members.length);
}
