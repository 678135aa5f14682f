import { verb } from '../../verb.ts';
import { integer, text } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag } from '../../verb-parameters.ts';

const columns = [
  text('name', 'what is looked at'),
  text('status', 'ok, warn, skip or fail'),
  text('detail', 'what was found'),
  text('fix', 'what to do, or empty'),
];

export const doctorVerb = verb<FormatFlags, []>(
  {
    name: 'doctor',
    words: '',
    brief: 'checks what dropsweep needs on this machine',
    examples: ['dropsweep doctor'],
    output: { kind: 'rows', columns, facts: [integer('failed', 'findings that must be mended')] },
  },
  { flags: { format: formatFlag } },
  async () => (await import('./doctor.ts')).doctor,
);
