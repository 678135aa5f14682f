import { answerExact, answerScores, meanOver } from './forms/answers.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';

export const exactMatch: Metric = {
  name: 'exact_match',
  heading: 'EM',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: [computedFrom(answerScores, (content) => meanOver(content, answerExact))],
  over: 'rows',
  gap: 'minimize',
  sentence: 'Share of the questions whose answer is a reference, as SQuAD’s scorer compares them',
};
