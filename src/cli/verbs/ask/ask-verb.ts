import { verb } from '../../verb.ts';
import { integer, list, object, text } from '../../output/verb-output.ts';
import { parseSeconds, requiredSweep } from '../../verb-parameters.ts';
import type { AskFlags } from './ask.ts';

const columns = [
  text('kind', 'training, wait or over; the others stand with training alone'),
  text('lease', 'names the right to report and tell'),
  text('training', 'its hash'),
  object('configuration', 'its settings'),
  integer('step', 'the last that an earlier asker has reported', { unit: 'steps' }),
  integer('steps', 'to its end', { unit: 'steps' }),
  integer('report_at', 'the next step that decides', { unit: 'steps' }),
  list('metrics', 'that are to be told'),
  integer('lease_seconds', 'until it is another asker’s', { unit: 's' }),
];

export const askVerb = verb<AskFlags, [string]>(
  {
    name: 'ask',
    words: 'SWEEP',
    brief: 'leases a training to a program that runs elsewhere, as JSON',
    about:
      'Leases the next training of a sweep with trainer: {ask: NAME} and prints it as one line of JSON: kind is training,\nwait (others have all there is now, or as many as parallelism allows) or over. The program tells under the lease\nthat it is given.',
    examples: ['dropsweep ask my-sweep', 'dropsweep ask my-sweep --wait-seconds 600 --lease-seconds 120'],
    output: { kind: 'json', columns, why: 'Programs alone ask, and read a line.' },
  },
  {
    flags: {
      leaseSeconds: {
        kind: 'parsed',
        parse: parseSeconds,
        default: '300',
        brief: 'another asker is given it after so long without tell --step or --alive',
      },
      waitSeconds: { kind: 'parsed', parse: parseSeconds, default: '0', brief: 'how long to wait for a training' },
    },
    positional: requiredSweep,
  },
  async () => (await import('./ask.ts')).ask,
);
