import { verb } from '../../verb.ts';
import { parseText } from '../../verb-parameters.ts';

export const completionVerb = verb<Record<never, never>, string[]>(
  {
    name: 'completion',
    words: 'SHELL',
    brief: 'prints what lets bash, zsh or fish complete verbs, flags and sweeps',
    examples: [
      'source <(dropsweep completion bash)',
      'dropsweep completion zsh > "${fpath[1]}/_dropsweep"',
      'dropsweep completion fish | source',
    ],
    output: { kind: 'own', what: 'a script for the shell', why: 'It takes no --format: a shell reads it.' },
  },
  {
    positional: {
      kind: 'array',
      minimum: 1,
      parameter: {
        brief: 'bash, zsh or fish',
        parse: parseText,
        placeholder: 'shell',
        proposeCompletions: () => ['bash', 'zsh', 'fish'],
      },
    },
  },
  async () => (await import('./completion.ts')).completion,
);
