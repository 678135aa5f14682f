import { verb } from '../../verb.ts';
import { type FormatFlags, formatFlag } from '../../verb-parameters.ts';

export const configVerb = verb<FormatFlags, []>(
  {
    name: 'config',
    words: '',
    brief: 'where each setting comes from: environment or default',
    examples: ['dropsweep config', 'dropsweep config --format json'],
  },
  { flags: { format: formatFlag } },
  async () => (await import('./show-config.ts')).showConfig,
);
