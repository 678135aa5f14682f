import { verb } from '../../verb.ts';
import { optionalSweep, parseCount } from '../../verb-parameters.ts';

export const waitVerb = verb<{ readonly timeout?: number }, [string?]>(
  {
    name: 'wait',
    words: '[SWEEP]',
    brief: 'until it has ended, with its outcome as exit status',
    examples: ['dropsweep wait my-sweep --timeout 3600'],
  },
  {
    flags: { timeout: { kind: 'parsed', parse: parseCount, optional: true, brief: 'seconds to wait at most' } },
    positional: optionalSweep,
  },
  async () => (await import('./wait.ts')).wait,
);
