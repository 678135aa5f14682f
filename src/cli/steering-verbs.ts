import { buildCommand } from '@stricli/core';
import type { CliContext } from './cli-context.ts';
import { optionalSweep, parseText, requiredSweep, sweepFile } from './verb-parameters.ts';

export interface LaunchFlags {
  readonly dryRun: boolean;
  readonly detach: boolean;
}

export interface ResumeFlags {
  readonly extend?: string;
  readonly fork?: string;
  readonly detach: boolean;
}

const detach = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'return at once; the sweep goes on',
} as const;

/** Verbs that change what is wanted of a sweep. */
export const steeringVerbs = {
  start: buildCommand<{ readonly detach: boolean }, [], CliContext>({
    docs: { brief: 'the quickstart: set up, launch examples/quickstart.yaml (or go on with it), show the front' },
    parameters: { flags: { detach } },
    loader: async () => (await import('./verbs/start.ts')).start,
  }),
  launch: buildCommand<LaunchFlags, [string], CliContext>({
    docs: {
      brief: 'check a sweep file, say what it will cost, run it',
      fullDescription: `Checks a sweep file, says how many trainings it takes and for how long, and runs it under
this machine's services. The same file again attaches to its sweep; another file of that name is refused.`,
    },
    parameters: {
      flags: {
        dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'say what it will cost, start nothing' },
        detach,
      },
      positional: sweepFile,
    },
    loader: async () => (await import('./verbs/launch.ts')).launch,
  }),
  pause: buildCommand<Record<never, never>, [string?], CliContext>({
    docs: { brief: 'checkpoint what runs and free its slots' },
    parameters: { positional: optionalSweep },
    loader: async () => (await import('./verbs/steer.ts')).pause,
  }),
  resume: buildCommand<ResumeFlags, [string?], CliContext>({
    docs: {
      brief: 'go on with a sweep, after a pause, a cancel, or a crash of this machine',
      fullDescription: `Goes on with a sweep after a pause, a cancel, or a crash of this machine: finished trainings
stay as they are, others go on from their checkpoints. --extend takes a changed file that holds all of the sweep's
trainings and more; --fork launches a changed file as a new sweep of the name given as argument.`,
    },
    parameters: {
      flags: {
        extend: { kind: 'parsed', parse: parseText, optional: true, brief: 'sweep file with more trials' },
        fork: { kind: 'parsed', parse: parseText, optional: true, brief: 'sweep file to launch under another name' },
        detach,
      },
      positional: optionalSweep,
    },
    loader: async () => (await import('./verbs/resume.ts')).resume,
  }),
  retry: buildCommand<{ readonly failed: boolean }, [string?], CliContext>({
    docs: { brief: 'try the failed trainings of a sweep again' },
    parameters: {
      flags: {
        failed: { kind: 'boolean', default: false, withNegated: false, brief: 'needed: only failed ones can be' },
      },
      positional: optionalSweep,
    },
    loader: async () => (await import('./verbs/steer.ts')).retry,
  }),
  cancel: buildCommand<Record<never, never>, [string], CliContext>({
    docs: { brief: 'end a sweep; what is finished stays' },
    parameters: { positional: requiredSweep },
    loader: async () => (await import('./verbs/steer.ts')).cancel,
  }),
};
