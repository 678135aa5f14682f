import { formatCount } from '../../base/format-count.ts';
import { type CutRemarks, shareOf } from '../cut-remarks.ts';

export const cutRemarks: CutRemarks = ({ questions = 0, question_tokens: tokens = 0 }, { split, rows }) => {
  if (questions === 0) return [];
  const beyond = `lose what is beyond ${formatCount(tokens, 'token')} (task.max_question_tokens)`;
  return [`warning: ${questions} of ${rows} ${split} questions (${shareOf(questions, rows)}) ${beyond}`];
};
