import { verb } from '../../verb.ts';
import { optionalSweep } from '../../verb-parameters.ts';

export const watchVerb = verb<Record<never, never>, [string?]>(
  {
    name: 'watch',
    words: '[SWEEP]',
    brief: 'the dashboard; plain progress lines in a pipe',
    examples: ['dropsweep watch', 'dropsweep watch my-sweep | tee progress.log'],
  },
  { positional: optionalSweep },
  async () => (await import('./watch.ts')).watch,
);
