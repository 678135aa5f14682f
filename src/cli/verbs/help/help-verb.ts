import { verb } from '../../verb.ts';
import { parseText } from '../../verb-parameters.ts';

const proposeCompletions = async (): Promise<readonly string[]> =>
  (await import('../../verbs.ts')).verbs.map(({ name }) => name);

export const helpVerb = verb<Record<never, never>, [string?]>(
  {
    name: 'help',
    words: '[VERB]',
    brief: 'what there is, or all about one verb',
    examples: ['dropsweep help launch'],
    output: {
      kind: 'own',
      what: 'the text that --help prints',
      why: 'It takes no --format: this page holds the same.',
    },
  },
  {
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'the verb', parse: parseText, placeholder: 'verb', optional: true, proposeCompletions }],
    },
  },
  async () => (await import('./help.ts')).help,
);
