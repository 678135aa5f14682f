import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { Client, WorkflowNotFoundError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { GroupCommit } from '../../activities/group-commit.ts';
import { makeFindClosedLanes } from '../../activities/find-closed-lanes.ts';
import { makeProbeTheory } from '../../activities/probe-theory.ts';
import { makeReadDesiredDrive } from '../../activities/read-desired-drive.ts';
import { type ActivityAttempt, makeServeSlot } from '../../activities/serve-slot.ts';
import { inputsFolderOf } from '../hub/cache-folder.ts';
import type { ControlActivities, TrainActivities } from '../messages/activity-interfaces.ts';
import { controlQueue, trainQueue } from '../messages/names.ts';
import { cudaEnvironment } from '../runtime/devices/cuda-libraries.ts';
import { targetKind } from '../notices/targets.ts';
import type { BaseModelReference } from '../sweep/vocabulary.ts';
import { openCheckpointStore } from './files/checkpoint-store.ts';
import { atChanges } from './watching/at-changes.ts';
import { every } from './watching/every.ts';
import { connectNatively, keepWorkerRunning } from './temporal/keep-worker-running.ts';
import { postNotices } from './watching/notice-post.ts';
import { packingDevice } from './slots/packing-device.ts';
import { RunPreparation } from './files/prepare-run.ts';
import { ownIdentity } from './slots/process-identity.ts';
import { reapDeadWorkers } from './watching/reaper.ts';
import { hostMemoryBytes } from '../runtime/devices/cpu.ts';
import { machineHardware } from '../runtime/devices/machine-hardware.ts';
import { CardReader } from './slots/card-use.ts';
import { SlotSampler } from './slots/slot-sampler.ts';
import { reconcileSweeps } from './watching/reconciler.ts';
import { TrainerSlots } from './slots/trainer-slots.ts';
import type { WorkerRecord } from './worker-record.ts';
import type { WorkerSettings } from './worker-settings.ts';

export interface WorkerEnvironment {
  readonly settings: WorkerSettings;
  readonly record: WorkerRecord;
  /** Aborted once: give running segments back, take nothing new, end. */
  readonly draining: AbortSignal;
  readonly resolveModelFolder: (base: BaseModelReference) => Promise<string>;
  /** Told of what goes wrong and is tried again. */
  readonly warn: (what: string, error: unknown) => void;
}

/** Well below Temporal's heartbeat timeout of 30 s. */
const heartbeatThrottleMs = 5_000;
const workerHeartbeatMs = 5_000;

/** A worker process's life: serves its roles until it is drained. */
export async function runWorker(environment: WorkerEnvironment): Promise<void> {
  const { settings, record, draining, warn } = environment;
  const workerId = randomUUID();
  const identity = ownIdentity();
  await record.registerWorker({
    workerId,
    host: settings.host,
    ...identity,
    role: settings.roles.join('+'),
    slots: settings.roles.includes('train') ? settings.slots : 0,
    hardware: machineHardware(),
  });
  const connection = await connectUntilDrained(environment);
  if (connection === null) return record.endWorker(workerId);
  const client = new Client({ connection, namespace: settings.temporal.namespace });
  const trainers = settings.roles.includes('train') ? openTrainers(environment) : null;
  const cards = new CardReader();
  const sampler =
    trainers === null
      ? null
      : new SlotSampler({
          slots: () => trainers.slots.sampled,
          memoryLimit: hostMemoryBytes(),
          ...(settings.deviceClass === 'cpu' ? {} : { readCards: () => cards.read() }),
        });
  const jobs = [
    every(
      workerHeartbeatMs,
      draining,
      async () => record.heartbeatWorker(workerId, (await sampler?.sample()) ?? null),
      (error) => warn('heartbeat', error),
    ),
    every(
      settings.reapEveryMs,
      draining,
      () => reapDeadWorkers(record, client, settings.host),
      (error) => warn('reaper', error),
    ),
  ];
  if (settings.roles.includes('control')) jobs.push(...serveControl(environment, client));
  if (trainers !== null) jobs.push(serveTrain(environment, workerId, trainers));
  await Promise.all(jobs);
  await record.endWorker(workerId).catch((error: unknown) => warn('saying goodbye', error));
  await connection.close();
}

async function connectUntilDrained({ settings, draining, warn }: WorkerEnvironment): Promise<NativeConnection | null> {
  while (!draining.aborted) {
    try {
      return await connectNatively(settings.temporal);
    } catch (error) {
      warn(`connecting to Temporal at ${settings.temporal.address}`, error);
      await sleep(1_000);
    }
  }
  return null;
}

function serveControl({ settings, record, draining, warn }: WorkerEnvironment, client: Client): Promise<void>[] {
  const activities: ControlActivities = {
    readDesiredDrive: makeReadDesiredDrive(record),
    findClosedLanes: makeFindClosedLanes((workflowId) => isOpen(client, workflowId)),
  };
  const { deployment } = record;
  const reconciler = {
    register: record,
    client,
    deployment,
    deviceClass: settings.deviceClass,
    settings: settings.drive,
  };
  const looking = { record, everyMs: settings.reconcileEveryMs, draining };
  return [
    keepWorkerRunning({
      temporal: settings.temporal,
      worker: {
        taskQueue: controlQueue(deployment),
        workflowBundle: { codePath: join(import.meta.dirname, '..', '..', 'workflow-bundle.js') },
        activities,
        maxConcurrentActivityTaskExecutions: 20,
        maxCachedWorkflows: 500,
      },
      draining,
      failed: (error) => warn('control worker', error),
    }),
    atChanges(() => reconcileSweeps(reconciler), { ...looking, failed: (error) => warn('reconciler', error) }),
    atChanges(() => record.finishLaunches(draining), { ...looking, failed: (error) => warn('launches', error) }),
    every(
      settings.reconcileEveryMs,
      draining,
      () => record.endOverdueSweeps(),
      (error) => warn('hours of sweeps', error),
    ),
    postNotices({ record, host: settings.host, targetKind, draining, warn }),
  ];
}

/** The parts that bring train segments here, and run them. */
interface Trainers {
  readonly checkpoints: ReturnType<typeof openCheckpointStore>;
  readonly preparation: RunPreparation;
  readonly slots: TrainerSlots;
}

/** Starts no process yet. */
function openTrainers(environment: WorkerEnvironment): Trainers {
  const { settings, record } = environment;
  const checkpoints = openCheckpointStore(settings.dataDirectory);
  const preparation = new RunPreparation({
    dataDirectory: settings.dataDirectory,
    inputsFolder: inputsFolderOf(process.env),
    checkpoints,
    checkpointEverySeconds: settings.checkpointEverySeconds,
    readDataset: (hash) => record.readDataset(hash),
    resolveModelFolder: environment.resolveModelFolder,
  });
  const slots = new TrainerSlots(settings.slots, {
    mainPath: join(import.meta.dirname, '..', 'train', 'process', 'trainer-process-main.js'),
    environment: trainerEnvironment(settings),
    stallMs: settings.stallMs,
    releaseMs: settings.releaseMs,
    terminateMs: settings.terminateMs,
    prepare: (segment) => preparation.run(segment),
  });
  // Whoever leaves at once takes the trainer processes along.
  process.once('exit', () => slots.kill());
  return { checkpoints, preparation, slots };
}

async function serveTrain(
  environment: WorkerEnvironment,
  workerId: string,
  { checkpoints, preparation, slots: trainers }: Trainers,
): Promise<void> {
  const { settings, record, draining, warn } = environment;
  const activities: TrainActivities = {
    serveSlot: makeServeSlot({
      currentAttempt,
      ledger: record.ledger,
      commits: new GroupCommit(
        (ends) => record.ledger.commitAll(ends),
        (error) => record.isAway(error),
      ),
      trainers,
      workerId,
      storeId: checkpoints.id,
      leaseMs: settings.leaseMs,
      packingDevice: packingDevice(settings.deviceClass, settings.threadsPerSlot),
      bundleLimit: settings.bundleLimit,
      renewEveryMs: settings.renewEveryMs,
      draining,
      isAway: (error) => record.isAway(error),
      sleep: (ms) => sleep(ms),
    }),
    probeTheory: makeProbeTheory({
      currentAttempt,
      record,
      trainers,
      heartbeatEveryMs: 2_000,
      prepareProbe: (request) => preparation.probe(request),
    }),
  };
  await keepWorkerRunning({
    temporal: settings.temporal,
    worker: {
      taskQueue: trainQueue(record.deployment, settings.deviceClass),
      activities,
      maxConcurrentActivityTaskExecutions: settings.slots,
      maxHeartbeatThrottleInterval: heartbeatThrottleMs,
      defaultHeartbeatThrottleInterval: heartbeatThrottleMs,
    },
    draining,
    failed: (error) => warn('train worker', error),
  });
  await trainers.close();
}

function currentAttempt(): ActivityAttempt {
  const context = Context.current();
  const { taskToken, heartbeatDetails } = context.info;
  const { cancellationSignal } = context;
  const heartbeat = (details?: unknown): void => {
    try {
      context.heartbeat(details);
    } catch {
      return; // The SDK's worker has failed and takes nothing more: the segment goes on, and its commit counts.
    }
  };
  return { taskToken, heartbeatDetails, cancellationSignal, heartbeat };
}

/** The trainer gets no way to the database or to Temporal. */
function trainerEnvironment(settings: WorkerSettings): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(DATABASE_URL|PG|TEMPORAL_)/.test(name));
  const { threadsPerSlot, deviceClass } = settings;
  const environment: NodeJS.ProcessEnv = {
    ...Object.fromEntries(own),
    DROPSWEEP_THREADS: String(threadsPerSlot),
    DROPSWEEP_DEVICE: deviceClass,
  };
  return deviceClass === 'cuda' ? cudaEnvironment(environment) : environment;
}

async function isOpen(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
