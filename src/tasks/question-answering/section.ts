import type { Json } from '../../base/canonical-json.ts';
import { answerScores } from '../../metrics/answers.ts';
import { wholeFrom } from '../../sweep/number-rules.ts';
import type { TaskSection } from '../../sweep/task-section.ts';
import type { NumberRule, YamlSection } from '../../sweep/yaml-section.ts';

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
  fields: ['stride', 'max_question_tokens', 'max_answer_tokens', 'n_best', 'null_threshold'],
  read(fields) {
    const encoding = {
      stride: fields.number('stride', wholeFrom(1)),
      max_question_tokens: fields.number('max_question_tokens', wholeFrom(1)),
    };
    const judging = {
      max_answer_tokens: fields.number('max_answer_tokens', wholeFrom(1)) ?? 30,
      n_best: fields.number('n_best', wholeFrom(1)) ?? 20,
      null_threshold: readThreshold(fields),
    };
    return { encoding, judging };
  },
};

function readThreshold(fields: YamlSection): Json {
  const field = fields.field('null_threshold');
  if (field === null) return 0;
  return String(field.node) === 'fitted' ? 'fitted' : (fields.numberOf(field, finite) ?? 0);
}
