import { verb } from '../../verb.ts';
import { type FormatFlags, formatFlag } from '../../verb-parameters.ts';

export const doctorVerb = verb<FormatFlags, []>(
  {
    name: 'doctor',
    words: '',
    brief: 'checks what dropsweep needs on this machine',
    examples: ['dropsweep doctor'],
  },
  { flags: { format: formatFlag } },
  async () => (await import('./doctor.ts')).doctor,
);
