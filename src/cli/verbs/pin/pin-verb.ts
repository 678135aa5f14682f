import { verb } from '../../verb.ts';
import { parseCount, sweepNameParameter } from '../../verb-parameters.ts';

export const pinVerb = verb<{ readonly off: boolean }, [string, number]>(
  {
    name: 'pin',
    words: 'SWEEP TRIAL',
    brief: "keeps a trial's checkpoint from gc",
    examples: ['dropsweep pin my-sweep 7', 'dropsweep pin my-sweep 7 --off'],
  },
  {
    flags: { off: { kind: 'boolean', default: false, withNegated: false, brief: 'let gc have it again' } },
    positional: {
      kind: 'tuple',
      parameters: [sweepNameParameter, { brief: 'number of the trial', parse: parseCount, placeholder: 'trial' }],
    },
  },
  async () => (await import('./pin.ts')).pin,
);
