import { answerF1 as f1Of, answerScores, meanOver } from './forms/answers.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';

export const answerF1: Metric = {
  name: 'answer_f1',
  heading: 'F1',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: [computedFrom(answerScores, (content) => meanOver(content, f1Of))],
  over: 'rows',
  gap: 'minimize',
  sentence: 'F1 of an answer’s words against the nearest reference, the mean over questions, as SQuAD’s scorer has it',
};
