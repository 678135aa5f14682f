import { verb } from '../../verb.ts';
import { flag, integer, outcomeOutput, text } from '../../output/verb-output.ts';
import { formatFlag, parseCount, parseText, sweepNameParameter } from '../../verb-parameters.ts';
import type { GenerateFlags } from './generate.ts';

export const generateVerb = verb<GenerateFlags, [string, number]>(
  {
    name: 'generate',
    words: 'SWEEP TRIAL',
    brief: 'what a trial of language modelling says to a prompt, the likeliest token after each',
    about:
      'Goes on with a prompt, the likeliest token after each. An ensemble gives one text: its members’ scores of each next\ntoken are averaged.',
    examples: [
      'dropsweep generate my-sweep 7 --prompt "Name three colours."',
      'dropsweep generate my-sweep 7 --prompt "Once upon a time" --raw --members 1',
    ],
    output: outcomeOutput(
      text('sweep', 'its name'),
      integer('trial', 'its number'),
      integer('members', 'of the ensemble, whose scores were averaged'),
      integer('tokens', 'that were made'),
      flag('ended', 'it ended by itself, not after --max-tokens'),
    ),
  },
  {
    flags: {
      prompt: { kind: 'parsed', parse: parseText, brief: 'what is asked, written as the rows were' },
      input: { kind: 'parsed', parse: parseText, optional: true, brief: 'what it is asked about' },
      format: formatFlag,
      raw: { kind: 'boolean', default: false, brief: 'goes on with the prompt as it is' },
      maxTokens: { kind: 'parsed', parse: parseCount, default: '128', brief: 'tokens at most' },
      members: {
        kind: 'parsed',
        parse: parseCount,
        optional: true,
        brief: 'the first so many of the ensemble; default: as many as the trial was scored with',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [sweepNameParameter, { brief: 'number of the trial', parse: parseCount, placeholder: 'trial' }],
    },
  },
  async () => (await import('./generate.ts')).generate,
);
