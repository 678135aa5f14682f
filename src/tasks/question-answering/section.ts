import type { Json } from '../../base/canonical-json.ts';
import { answerScores } from '../../metrics/forms/answers.ts';
import { wholeFrom, type NumberRule } from '../../sweep/file/number-rules.ts';
import type { TaskSection } from '../../sweep/file/task-section.ts';
import type { YamlSection } from '../../sweep/file/yaml-section.ts';

const finite: NumberRule = {
  whole: false,
  accepts: Number.isFinite,
  expected: 'a number, or fitted',
};

export const section: TaskSection = {
  kind: 'question-answering',
  form: answerScores.name,
  objectives: ['answer_f1', 'exact_match'],
  columns: [
    { name: 'id', otherwise: 'id', holds: 'what names the question' },
    { name: 'question', otherwise: 'question', holds: 'the question' },
    { name: 'context', otherwise: 'context', holds: 'the text that the answer stands in' },
    { name: 'answers', otherwise: 'answers', holds: 'the answers, with where they begin' },
  ],
  formats: [{ name: 'squad', extension: '.json' }],
  sentence: 'The answer to a question, cut from a context, or that it has none, as SQuAD v1.1 and v2.0 have them',
  fields: [
    {
      name: 'stride',
      expected: 'a whole number of at least 1',
      sentence: 'Tokens that a window has of the one before it; default: a third of max_length',
    },
    {
      name: 'max_question_tokens',
      expected: 'a whole number of at least 1',
      sentence: 'Tokens that a question is cut to; default: at most half of max_length',
    },
    {
      name: 'max_answer_tokens',
      expected: 'a whole number of at least 1',
      sentence: 'Tokens of an answer at most; default 30',
    },
    {
      name: 'n_best',
      expected: 'a whole number of at least 1',
      sentence: 'Starts and ends that are tried in each window; default 20',
    },
    {
      name: 'null_threshold',
      expected: 'a number, or fitted',
      sentence: 'Null margin above which a question is left unanswered; fitted: to the evaluated rows; default 0',
    },
  ],
  devAlone: ({ judging }) =>
    judging?.['null_threshold'] === 'fitted'
      ? 'a threshold that is fitted to the rows tells nothing of test rows'
      : null,
  read(fields) {
    const settings = {
      stride: fields.number('stride', wholeFrom(1)),
      max_question_tokens: fields.number('max_question_tokens', wholeFrom(1)),
    };
    const judging = {
      max_answer_tokens: fields.number('max_answer_tokens', wholeFrom(1)) ?? 30,
      n_best: fields.number('n_best', wholeFrom(1)) ?? 20,
      null_threshold: readThreshold(fields),
    };
    return { settings, judging };
  },
};

function readThreshold(fields: YamlSection): Json {
  const field = fields.field('null_threshold');
  if (field === null) return 0;
  return String(field.node) === 'fitted' ? 'fitted' : (fields.numberOf(field, finite) ?? 0);
}
