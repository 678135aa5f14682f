import { formatScore } from './values/format-number.ts';
import { computedFromMembersOfClasses } from './forms/class-forms.ts';
import type { Metric } from './metric.ts';
import type { ClassScores } from './forms/scored-set.ts';

export const memberDisagreement: Metric = {
  name: 'member_disagreement',
  heading: 'disagreement',
  direction: 'minimize',
  range: [0, 1],
  format: formatScore,
  computations: [],
  ofMembers: computedFromMembersOfClasses(pairsThatDiffer),
  over: 'rows',
  calibration: true,
  unranked: true,
  sentence:
    'Share of the pairs of two members that predict different classes, mean over rows; of one member there is none',
};

/** @param members at least two */
function pairsThatDiffer(members: readonly ClassScores[]): number {
  const [first] = members;
  const rows = first?.predictions.length ?? 0;
  const pairs = (members.length * (members.length - 1)) / 2;
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const counts = new Map<number, number>();
    for (const { predictions } of members) {
      const prediction = predictions[row] ?? 0;
      counts.set(prediction, (counts.get(prediction) ?? 0) + 1);
    }
    let alike = 0;
    for (const count of counts.values()) alike += (count * (count - 1)) / 2;
    sum += (pairs - alike) / pairs;
  }
  return sum / rows;
}
