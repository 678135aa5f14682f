import { choiceScores } from '../../metrics/forms/choice-scores.ts';
import { wholeFrom } from '../../sweep/file/number-rules.ts';
import type { TaskSection } from '../../sweep/file/task-section.ts';

/** Examples that MMLU has of each subject. */
const usualShots = 5;

export const section: TaskSection = {
  kind: 'multiple-choice',
  form: choiceScores.name,
  objectives: ['accuracy', 'ece'],
  columns: [
    { name: 'question', otherwise: 'question', holds: 'the question' },
    {
      name: 'choices',
      otherwise: 'choices',
      optional: true,
      several: true,
      holds: 'the choices, a list or a column of each; absent: they stand in the question, as (A) and so on',
    },
    { name: 'answer', otherwise: 'answer', holds: 'the letter of the right one, or its number from 0' },
    { name: 'subject', otherwise: 'subject', optional: true, holds: 'what the question is about' },
  ],
  formats: ['_test.csv', '_dev.csv', '_val.csv'].map((extension) => ({ name: 'mmlu', extension })),
  examples: 'questions that stand before each with their answers, those of its own subject',
  sentence:
    'One of several choices, by what a language model’s next token is likely to be after the question: as MMLU and ARC have it',
  fields: [
    {
      name: 'shots',
      expected: 'a whole number of at least 0',
      sentence: `How many of \`data.examples\` stand before each question; fewer where it would be longer than max_length; default ${usualShots}, without examples 0`,
    },
  ],
  read(fields) {
    const shots = fields.number('shots', wholeFrom(0));
    return shots === null ? {} : { settings: { shots } };
  },
};
