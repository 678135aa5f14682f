import { availableParallelism, homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DropsweepError } from '../base/errors.ts';
import { type DriveSettings, defaultDriveSettings } from '../messages/workflow-inputs.ts';
import { type TemporalAddress, temporalAddressOf } from './temporal-address.ts';

export type WorkerRole = 'control' | 'train';

/** Everything a worker process is told, from its arguments and its environment. */
export interface WorkerSettings {
  readonly roles: readonly WorkerRole[];
  readonly slots: number;
  readonly host: string;
  readonly dataDirectory: string;
  readonly databaseUrl: string;
  readonly temporal: TemporalAddress;
  readonly deviceClass: string;
  readonly drive: DriveSettings;
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  readonly reapEveryMs: number;
  readonly reconcileEveryMs: number;
  readonly stallMs: number;
  readonly releaseMs: number;
  readonly terminateMs: number;
  readonly checkpointEverySeconds: number;
  readonly threadsPerSlot: number;
}

/**
 * `--role control|train` (repeatable; default both), `--slots n`, `--data folder`; DATABASE_URL, TEMPORAL_*,
 * DROPSWEEP_DATA, DROPSWEEP_SLOTS, DROPSWEEP_THREADS, DROPSWEEP_CHECKPOINT_SECONDS, and DROPSWEEP_DRIVE, JSON of
 * DriveSettings for tests.
 * @throws DropsweepError USAGE
 */
export function readWorkerSettings(args: readonly string[], environment: NodeJS.ProcessEnv): WorkerSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      role: { type: 'string', multiple: true },
      slots: { type: 'string' },
      data: { type: 'string' },
    },
  });
  const databaseUrl = environment['DATABASE_URL'];
  if (databaseUrl === undefined) {
    throw new DropsweepError('USAGE', 'a worker needs a database', {
      where: 'DATABASE_URL',
      expected: 'postgres://…',
      fix: 'set DATABASE_URL, or let `dropsweep up` start the worker',
    });
  }
  const slots = positive(values.slots ?? environment['DROPSWEEP_SLOTS'] ?? '1', '--slots');
  const fair = String(Math.max(1, Math.floor(availableParallelism() / slots)));
  return {
    roles: (values.role ?? ['control', 'train']).flatMap((role) => role.split(',')).map(readRole),
    slots,
    host: hostname(),
    dataDirectory: values.data ?? environment['DROPSWEEP_DATA'] ?? join(homedir(), '.local', 'share', 'dropsweep'),
    databaseUrl,
    temporal: temporalAddressOf(environment),
    deviceClass: 'cpu',
    drive: {
      ...defaultDriveSettings,
      ...(JSON.parse(environment['DROPSWEEP_DRIVE'] ?? '{}') as Partial<DriveSettings>),
    },
    leaseMs: 30_000,
    renewEveryMs: 1_000,
    reapEveryMs: 1_000,
    reconcileEveryMs: 3_000,
    stallMs: 600_000,
    releaseMs: 60_000,
    terminateMs: 5_000,
    checkpointEverySeconds: positive(
      environment['DROPSWEEP_CHECKPOINT_SECONDS'] ?? '60',
      'DROPSWEEP_CHECKPOINT_SECONDS',
    ),
    threadsPerSlot: positive(environment['DROPSWEEP_THREADS'] ?? fair, 'DROPSWEEP_THREADS'),
  };
}

function readRole(role: string): WorkerRole {
  if (role === 'control' || role === 'train') return role;
  throw new DropsweepError('USAGE', 'no such worker role', {
    where: '--role',
    got: role,
    expected: 'control or train',
  });
}

function positive(text: string, where: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new DropsweepError('USAGE', 'not a count', { where, got: text, expected: 'a whole number above 0' });
}
