import { verb } from '../../verb.ts';
import { list, scoreColumns, sweepFactColumns } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag, optionalSweep } from '../../verb-parameters.ts';

const facts = [...sweepFactColumns, list('front_objectives', 'metric and direction of each that the front is over')];

export const paretoVerb = verb<FormatFlags, [string?]>(
  {
    name: 'pareto',
    words: '[SWEEP]',
    brief: 'the front over the objectives and complexity',
    examples: ['dropsweep pareto my-sweep'],
    output: { kind: 'rows', columns: scoreColumns, facts },
  },
  { flags: { format: formatFlag }, positional: optionalSweep },
  async () => (await import('./pareto.ts')).pareto,
);
