import { verb } from '../../verb.ts';
import { number, text } from '../../output/verb-output.ts';
import { numberParser } from '@stricli/core';
import type { ScoreFlags } from './score.ts';
import { formatFlag, parseText } from '../../verb-parameters.ts';

const columns = [
  text('score', 'its name as the benchmark has it'),
  number('value', 'of shares in per cent', { unit: '%' }),
];

export const scoreVerb = verb<ScoreFlags, [string]>(
  {
    name: 'score',
    words: 'BENCHMARK',
    brief: "scores predictions as a benchmark's own scorer does (squad)",
    about: `Scores a file of predictions as the benchmark's own scorer does.
squad: DATASET is SQuAD's JSON, v1.1 or v2.0, PREDICTIONS {id: text}; in per cent.`,
    examples: ['dropsweep score squad --dataset dev-v2.0.json --predictions predictions.json'],
    output: { kind: 'rows', columns, facts: [number('<score>', 'each score by its name')] },
  },
  {
    flags: {
      dataset: { kind: 'parsed', parse: parseText, brief: 'the benchmark’s file of questions and references' },
      predictions: { kind: 'parsed', parse: parseText, brief: 'the predictions, in the benchmark’s format' },
      noAnswer: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        brief: 'a file of how likely each question has no answer: the best thresholds are found too',
      },
      threshold: {
        kind: 'parsed',
        parse: numberParser,
        optional: true,
        brief: 'with --no-answer: a question counts as unanswered that is more likely to have no answer (default: 1)',
      },
      format: formatFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'the benchmark: squad', parse: parseText, placeholder: 'benchmark' }],
    },
  },
  async () => (await import('./score.ts')).score,
);
