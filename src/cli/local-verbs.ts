import { buildCommand, numberParser } from '@stricli/core';
import type { CliContext } from './cli-context.ts';
import type { DeviceWish } from '../runtime/devices/choose-device.ts';
import { deviceKinds } from '../sweep/device-kind.ts';
import { type FormatFlags, formatFlag, parseCount, parseText } from './verb-parameters.ts';
import type { ScoreFlags } from './verbs/score.ts';

export interface WorkerFlags {
  readonly slots?: number;
  readonly device?: DeviceWish;
}

/** Verbs about this machine. */
export const localVerbs = {
  up: buildCommand<Record<never, never>, [], CliContext>({
    docs: { brief: 'bring up PostgreSQL, Temporal and workers; unfinished sweeps go on' },
    parameters: {},
    loader: async () => (await import('./verbs/up.ts')).up,
  }),
  down: buildCommand<Record<never, never>, [], CliContext>({
    docs: { brief: 'stop them; sweeps go on with the next `up`' },
    parameters: {},
    loader: async () => (await import('./verbs/up.ts')).down,
  }),
  worker: buildCommand<WorkerFlags, [], CliContext>({
    docs: {
      brief: 'a worker in this terminal: Ctrl-C drains it, twice ends it at once',
      fullDescription: `A worker in this terminal, for DATABASE_URL and TEMPORAL_ADDRESS or this machine's services.
Ctrl-C once gives its segments back with a checkpoint and leaves, twice leaves at once.`,
    },
    parameters: {
      flags: {
        slots: { kind: 'parsed', parse: parseCount, optional: true, brief: 'trainings at once (default 1)' },
        device: {
          kind: 'enum',
          values: ['auto', ...deviceKinds],
          optional: true,
          brief: 'what its slots compute on (default cpu); auto takes the best that opens',
        },
      },
    },
    loader: async () => (await import('./verbs/worker.ts')).worker,
  }),
  doctor: buildCommand<FormatFlags, [], CliContext>({
    docs: { brief: 'check what dropsweep needs on this machine' },
    parameters: { flags: { format: formatFlag } },
    loader: async () => (await import('./verbs/doctor.ts')).doctor,
  }),
  score: buildCommand<ScoreFlags, [string], CliContext>({
    docs: {
      brief: "score predictions as a benchmark's own scorer does (squad)",
      fullDescription: `Scores a file of predictions as the benchmark's own scorer does.
squad: DATASET is SQuAD's JSON, v1.1 or v2.0, PREDICTIONS {id: text}; in per cent.`,
    },
    parameters: {
      flags: {
        dataset: { kind: 'parsed', parse: parseText, brief: 'the benchmark’s file of questions and references' },
        predictions: { kind: 'parsed', parse: parseText, brief: 'the predictions, in the benchmark’s format' },
        noAnswer: {
          kind: 'parsed',
          parse: parseText,
          optional: true,
          brief: 'a file of how likely each question has no answer: the best thresholds are found too',
        },
        threshold: {
          kind: 'parsed',
          parse: numberParser,
          default: '1',
          brief: 'a question counts as unanswered that is more likely to have no answer',
        },
        format: formatFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [{ brief: 'the benchmark: squad', parse: parseText, placeholder: 'benchmark' }],
      },
    },
    loader: async () => (await import('./verbs/score.ts')).score,
  }),
  migrate: buildCommand<Record<never, never>, [], CliContext>({
    docs: { brief: "bring the database's schema up to date" },
    parameters: {},
    loader: async () => (await import('./verbs/migrate.ts')).migrateDatabase,
  }),
};
