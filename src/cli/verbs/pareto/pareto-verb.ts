import { verb } from '../../verb.ts';
import { type FormatFlags, formatFlag, optionalSweep } from '../../verb-parameters.ts';

export const paretoVerb = verb<FormatFlags, [string?]>(
  {
    name: 'pareto',
    words: '[SWEEP]',
    brief: 'the front over the objectives and complexity',
    examples: ['dropsweep pareto my-sweep'],
  },
  { flags: { format: formatFlag }, positional: optionalSweep },
  async () => (await import('./pareto.ts')).pareto,
);
