import { availableParallelism, homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DropsweepError } from '../base/errors.ts';
import type { DeviceWish } from '../runtime/devices/choose-device.ts';
import { type DeviceKind, deviceKinds, isDeviceKind } from '../sweep/device-kind.ts';
import { type DriveSettings, defaultDriveSettings } from '../messages/workflow-inputs.ts';
import { type TemporalAddress, temporalAddressOf } from './temporal/temporal-address.ts';

export type WorkerRole = 'control' | 'train';

/** Everything a worker process is told, from its arguments and its environment. */
export interface WorkerSettings {
  readonly roles: readonly WorkerRole[];
  readonly slots: number;
  readonly host: string;
  readonly dataDirectory: string;
  readonly databaseUrl: string;
  readonly temporal: TemporalAddress;
  /** Which tasks its slots take: those of this device. */
  readonly deviceClass: DeviceKind;
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
  /** Trainings that a slot takes side by side, at most; 1: packing is off. */
  readonly bundleLimit: number;
}

/** Before its device has been settled by opening it. */
export type WishedSettings = Omit<WorkerSettings, 'deviceClass'> & { readonly device: DeviceWish };

/**
 * `--role control|train` (repeatable; default both), `--slots n`, `--device auto|cpu|cuda|webgpu` (default cpu),
 * `--data folder`, `--supervised`; DATABASE_URL, TEMPORAL_*,
 * DROPSWEEP_DATA, DROPSWEEP_SLOTS, DROPSWEEP_DEVICE, DROPSWEEP_THREADS, DROPSWEEP_PACKING,
 * DROPSWEEP_CHECKPOINT_SECONDS, and DROPSWEEP_DRIVE, JSON of
 * DriveSettings for tests.
 * @throws DropsweepError USAGE
 */
export function readWorkerSettings(args: readonly string[], environment: NodeJS.ProcessEnv): WishedSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      role: { type: 'string', multiple: true },
      slots: { type: 'string' },
      device: { type: 'string' },
      data: { type: 'string' },
      // Said by a supervisor, whose next one finds the worker by it: see end-orphans.ts.
      supervised: { type: 'boolean' },
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
  const slots = readCount(values.slots ?? environment['DROPSWEEP_SLOTS'] ?? '1', '--slots');
  const fair = String(Math.max(1, Math.floor(availableParallelism() / slots)));
  return {
    roles: (values.role ?? ['control', 'train']).flatMap((role) => role.split(',')).map(readRole),
    slots,
    host: hostname(),
    dataDirectory: values.data ?? environment['DROPSWEEP_DATA'] ?? join(homedir(), '.local', 'share', 'dropsweep'),
    databaseUrl,
    temporal: temporalAddressOf(environment),
    device: readDevice(values.device ?? environment['DROPSWEEP_DEVICE'] ?? 'cpu'),
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
    checkpointEverySeconds: readCount(
      environment['DROPSWEEP_CHECKPOINT_SECONDS'] ?? '60',
      'DROPSWEEP_CHECKPOINT_SECONDS',
    ),
    bundleLimit: readPacking(environment['DROPSWEEP_PACKING'] ?? 'auto'),
    threadsPerSlot: readCount(environment['DROPSWEEP_THREADS'] ?? fair, 'DROPSWEEP_THREADS'),
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

function readDevice(text: string): DeviceWish {
  if (text === 'auto' || isDeviceKind(text)) return text;
  throw new DropsweepError('USAGE', 'no such device', {
    where: '--device',
    got: text,
    expected: ['auto', ...deviceKinds].join(', '),
  });
}

/** auto: as many as a pack that was measured to pay has room for. */
function readPacking(text: string): number {
  if (text === 'auto') return 16;
  if (text === 'off') return 1;
  throw new DropsweepError('USAGE', 'no such packing', {
    where: 'DROPSWEEP_PACKING',
    got: text,
    expected: 'auto or off',
  });
}

/**
 * A whole number above 0 from a flag or a variable.
 * @throws DropsweepError USAGE
 */
export function readCount(text: string, where: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new DropsweepError('USAGE', 'not a count', { where, got: text, expected: 'a whole number above 0' });
}
