import { verb } from '../../verb.ts';
import { any, text } from '../../output/verb-output.ts';
import { formatFlag, parseText, screenFlags, workerFlags } from '../../verb-parameters.ts';
import type { ConfigFlags } from './show-config.ts';

const columns = [
  text('setting', 'the environment variable; with --file also the field of the sweep file'),
  any('value', 'that holds; secrets as (set)', { orNull: true }),
  text('source', 'flag, environment, services, file, recipe or default'),
  text('flag', 'of which verb goes before it', { orNull: true }),
  text('file', 'the field of a sweep file that asks for the same, or is this', { orNull: true }),
];

export const configVerb = verb<ConfigFlags, []>(
  {
    name: 'config',
    words: '',
    brief: 'where each setting comes from: flag, environment, file or default',
    about: `Where each setting comes from: a flag, given here as it would be to the verb that has it; the environment; this
machine's services; with --file a sweep file, or the recipe that it names; or the default.`,
    examples: [
      'dropsweep config',
      'dropsweep config --slots 4 --device auto',
      'dropsweep config --file sweep.yaml --format json',
    ],
    output: { kind: 'rows', columns },
  },
  {
    flags: {
      ...workerFlags,
      ...screenFlags,
      file: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        placeholder: 'sweep.yaml',
        brief: 'a sweep file, whose settings are told too',
      },
      format: formatFlag,
    },
  },
  async () => (await import('./show-config.ts')).showConfig,
);
