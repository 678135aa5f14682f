import { verb } from '../../verb.ts';
import { parseCount, parseText, sweepNameParameter } from '../../verb-parameters.ts';

export interface GenerateFlags {
  readonly prompt: string;
  readonly input?: string;
  readonly raw: boolean;
  readonly maxTokens: number;
  readonly members?: number;
}

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
    output: { kind: 'own', what: 'the text that goes on' },
  },
  {
    flags: {
      prompt: { kind: 'parsed', parse: parseText, brief: 'what is asked, written as the rows were' },
      input: { kind: 'parsed', parse: parseText, optional: true, brief: 'what it is asked about' },
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
