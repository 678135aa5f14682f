import { verb } from '../../verb.ts';
import { type FormatFlags, formatFlag, optionalSweep } from '../../verb-parameters.ts';

export const showVerb = verb<FormatFlags, [string?]>(
  {
    name: 'show',
    words: '[SWEEP]',
    brief: 'every trial',
    examples: ['dropsweep show my-sweep', 'dropsweep show --format csv | head'],
  },
  { flags: { format: formatFlag }, positional: optionalSweep },
  async () => (await import('./show.ts')).show,
);
