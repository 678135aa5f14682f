import { answerExact, answerF1, answerScores, type JudgedAnswer, meanOver } from './forms/answers.ts';
import { computedFrom, type SetDetail } from './metric.ts';

/** Of questions of which some have no answer: the scores of both kinds, the threshold, and whether these rows gave it. */
export const unanswered: SetDetail = {
  name: 'unanswered',
  computations: [
    computedFrom(answerScores, ({ unanswerable, threshold, fitted, answers }) => {
      if (!unanswerable) return null;
      const part = (kept: (answer: JudgedAnswer) => boolean) => ({ unanswerable, answers: answers.filter(kept) });
      const [has, none] = [part(hasAnswer), part((answer) => !hasAnswer(answer))];
      return {
        threshold,
        threshold_fitted_to_these_rows: fitted ? 1 : 0,
        has_answer_exact_match: meanOver(has, answerExact),
        has_answer_f1: meanOver(has, answerF1),
        no_answer_exact_match: meanOver(none, answerExact),
        no_answer_f1: meanOver(none, answerF1),
      };
    }),
  ],
};

function hasAnswer({ references }: JudgedAnswer): boolean {
  return references.length > 0;
}
