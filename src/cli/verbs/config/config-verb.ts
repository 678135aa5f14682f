import { verb } from '../../verb.ts';
import { text } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag } from '../../verb-parameters.ts';

const columns = [
  text('setting', 'the environment variable'),
  text('value', 'that holds; secrets as (set)', { orNull: true }),
  text('source', 'environment, services or default'),
  text('flag', 'of which verb goes before it', { orNull: true }),
  text('file', 'the field of a sweep file that asks for the same', { orNull: true }),
];

export const configVerb = verb<FormatFlags, []>(
  {
    name: 'config',
    words: '',
    brief: 'where each setting comes from: flag, environment, file or default',
    examples: ['dropsweep config', 'dropsweep config --format json'],
    output: { kind: 'rows', columns },
  },
  { flags: { format: formatFlag } },
  async () => (await import('./show-config.ts')).showConfig,
);
