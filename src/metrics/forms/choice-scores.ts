import { type ClassScores, scoredForm } from './scored-set.ts';

/**
 * Questions with choices of their own: classes are letters, and those beyond a question's choices have probability 0.
 */
export interface ChoiceScores extends ClassScores {
  /** How many choices each question has. */
  readonly choices: readonly number[];
  /** The subject of each question; null: it does not say. */
  readonly subjects: readonly (string | null)[];
}

export const choiceScores = scoredForm<ChoiceScores>('choices');

/** The share of right answers of each subject, in the order that they are met. */
export function subjectAccuracies({ subjects, predictions, labels }: ChoiceScores): ReadonlyMap<string, SubjectCount> {
  const counts = new Map<string, { rows: number; right: number }>();
  for (const [row, subject] of subjects.entries()) {
    if (subject === null) continue;
    const count = counts.get(subject) ?? { rows: 0, right: 0 };
    counts.set(subject, count);
    count.rows += 1;
    if (predictions[row] === labels[row]) count.right += 1;
  }
  return counts;
}

export interface SubjectCount {
  readonly rows: number;
  readonly right: number;
}
