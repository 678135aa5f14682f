import { verb } from '../../verb.ts';
import { steeredOutput } from '../../output/verb-output.ts';
import { detachedFormat, detachFlag, optionalSweep, parseText } from '../../verb-parameters.ts';
import type { ResumeFlags } from './resume.ts';

export const resumeVerb = verb<ResumeFlags, [string?]>(
  {
    name: 'resume',
    words: '[SWEEP]',
    brief: 'goes on with a sweep, after a pause, a cancel, or a crash of this machine',
    about: `Goes on with a sweep after a pause, a cancel, or a crash of this machine: finished trainings
stay as they are, others go on from their checkpoints. --extend takes a changed file that holds all of the sweep's
trainings and more, or has another parallelism or priority; --fork launches a changed file as a new sweep of the name given as argument. Without --detach the
sweep is shown as by launch.`,
    examples: [
      'dropsweep resume my-sweep',
      'dropsweep resume my-sweep --extend more.yaml',
      'dropsweep resume new-name --fork changed.yaml',
    ],
    output: steeredOutput,
  },
  {
    flags: {
      extend: { kind: 'parsed', parse: parseText, optional: true, brief: 'sweep file with more trials' },
      fork: { kind: 'parsed', parse: parseText, optional: true, brief: 'sweep file to launch under another name' },
      detach: detachFlag,
      format: detachedFormat('--detach'),
    },
    positional: optionalSweep,
  },
  async () => (await import('./resume.ts')).resume,
);
