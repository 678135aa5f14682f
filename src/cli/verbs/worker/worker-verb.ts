import { verb } from '../../verb.ts';
import { workerFlags } from '../../verb-parameters.ts';
import type { WorkerFlags } from './worker.ts';

export const workerVerb = verb<WorkerFlags, []>(
  {
    name: 'worker',
    words: '',
    brief: 'a worker in this terminal: Ctrl-C drains it, twice ends it at once',
    about: `A worker in this terminal, for DATABASE_URL and TEMPORAL_ADDRESS or this machine's services.
Ctrl-C once gives its segments back with a checkpoint and leaves, twice leaves at once.`,
    examples: ['dropsweep worker --slots 2', 'dropsweep worker --device auto'],
    output: {
      kind: 'own',
      what: 'nothing; its log is on standard error',
      why: 'It takes no --format: it answers nothing.',
    },
  },
  { flags: workerFlags },
  async () => (await import('./worker.ts')).worker,
);
