import { verb } from '../../verb.ts';
import { parseSeconds, requiredSweep } from '../../verb-parameters.ts';

export interface AskFlags {
  readonly leaseSeconds: number;
  readonly waitSeconds: number;
}

export const askVerb = verb<AskFlags, [string]>(
  {
    name: 'ask',
    words: 'SWEEP',
    brief: 'leases a training to a program that runs elsewhere, as JSON',
    about:
      'Leases the next training of a sweep with trainer: {ask: NAME} and prints it as one line of JSON: kind is training,\nwait (others have all there is now) or over. The program reports and tells under the lease that it is given.',
    examples: ['dropsweep ask my-sweep', 'dropsweep ask my-sweep --wait-seconds 600 --lease-seconds 120'],
  },
  {
    flags: {
      leaseSeconds: {
        kind: 'parsed',
        parse: parseSeconds,
        default: '300',
        brief: 'without a report for so long, another asker is given it',
      },
      waitSeconds: { kind: 'parsed', parse: parseSeconds, default: '0', brief: 'how long to wait for a training' },
    },
    positional: requiredSweep,
  },
  async () => (await import('./ask.ts')).ask,
);
