import { verb } from '../../verb.ts';
import { any, integer, list, sweepFactColumns, text } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag, parseCount, sweepNameParameter } from '../../verb-parameters.ts';

const columns = [
  text('field', 'a setting, a metric, or a fact of its training'),
  any('value', 'in the unit of the field', { orNull: true }),
];
const facts = [
  ...sweepFactColumns,
  integer('trial', 'its number'),
  list('decisions', 'of the search about it, a sentence each'),
  list('events', 'of its training, a line each'),
  list('loss_by_step', 'step and training loss of each step that told of it'),
  list('evaluated_by_step', 'step and metrics of each evaluation on the way'),
];

export const explainVerb = verb<FormatFlags, [string, number]>(
  {
    name: 'explain',
    words: 'SWEEP TRIAL',
    brief: 'all about one trial, and why the search decided of it as it did',
    examples: ['dropsweep explain my-sweep 7'],
    output: { kind: 'rows', columns, facts },
  },
  {
    flags: { format: formatFlag },
    positional: {
      kind: 'tuple',
      parameters: [sweepNameParameter, { brief: 'number of the trial', parse: parseCount, placeholder: 'trial' }],
    },
  },
  async () => (await import('./explain.ts')).explain,
);
