import { verb } from '../../verb.ts';
import { flag, integer, outcomeOutput, text } from '../../output/verb-output.ts';
import { formatFlag, parseCount, sweepNameParameter } from '../../verb-parameters.ts';
import type { PinFlags } from './pin.ts';

export const pinVerb = verb<PinFlags, [string, number]>(
  {
    name: 'pin',
    words: 'SWEEP TRIAL',
    brief: "keeps a trial's checkpoint from gc",
    examples: ['dropsweep pin my-sweep 7', 'dropsweep pin my-sweep 7 --off'],
    output: outcomeOutput(
      text('sweep', 'its name'),
      integer('trial', 'its number'),
      flag('pinned', 'gc keeps its checkpoint'),
    ),
  },
  {
    flags: {
      off: { kind: 'boolean', default: false, withNegated: false, brief: 'let gc have it again' },
      format: formatFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [sweepNameParameter, { brief: 'number of the trial', parse: parseCount, placeholder: 'trial' }],
    },
  },
  async () => (await import('./pin.ts')).pin,
);
