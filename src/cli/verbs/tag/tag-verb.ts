import { verb } from '../../verb.ts';
import { integer, list, outcomeOutput, text } from '../../output/verb-output.ts';
import { formatFlag, parseText, sweepNameParameter, trialFlag } from '../../verb-parameters.ts';
import type { TagFlags } from './tag.ts';

export const tagVerb = verb<TagFlags, string[]>(
  {
    name: 'tag',
    words: 'SWEEP [TAG...]',
    brief: 'tags a sweep or one of its trials; without tags, says which it has',
    about: `Tags a sweep, or with --trial one of its trials, or says which tags it has.
\`dropsweep ls --tag paper\` lists sweeps by a tag, \`dropsweep show my-sweep --where tag:baseline\` trials.`,
    examples: ['dropsweep tag my-sweep paper', 'dropsweep tag my-sweep baseline --trial 7', 'dropsweep tag my-sweep'],
    output: outcomeOutput(
      text('sweep', 'its name'),
      integer('trial', 'its number; null: the sweep itself', { orNull: true }),
      list('tags', 'it has now'),
    ),
  },
  {
    flags: {
      trial: trialFlag,
      format: formatFlag,
      remove: { kind: 'boolean', default: false, withNegated: false, brief: 'take these tags away' },
    },
    positional: {
      kind: 'array',
      minimum: 1,
      parameter: { ...sweepNameParameter, brief: 'name of the sweep, then tags', parse: parseText },
    },
  },
  async () => (await import('./tag.ts')).tag,
);
