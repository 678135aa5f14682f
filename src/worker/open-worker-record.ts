import { setTimeout as sleep } from 'node:timers/promises';
import { DropsweepError } from '../base/errors.ts';
import { PostgresDriveRecord, readDeployment } from '../store/workers/drive-record.ts';
import {
  claimDeliveries,
  findNotices,
  giveDeliveryBack,
  holdDelivery,
  settleDelivery,
} from '../store/notices/notice-deliveries.ts';
import { isTransient, openStore } from '../store/database/open-store.ts';
import { PostgresWorkerLedger } from '../store/segments/postgres-worker-ledger.ts';
import { PostgresWorkerRegister } from '../store/workers/worker-register.ts';
import type { WorkerRecord } from './worker-record.ts';

export interface OpenWorkerRecordOptions {
  readonly databaseUrl: string;
  readonly slots: number;
  /** Told while the database is away at the start; it is waited for. */
  readonly warn: (what: string, error: unknown) => void;
}

const retryMs = 500;
/** Connections besides one a slot: for the register, the reconciler and control activities. */
const sparePoolSize = 4;

/** The record over PostgreSQL itself. */
export async function openWorkerRecord({ databaseUrl, slots, warn }: OpenWorkerRecordOptions): Promise<WorkerRecord> {
  const store = openStore(databaseUrl, { poolSize: slots + sparePoolSize });
  const drive = new PostgresDriveRecord(store);
  const register = new PostgresWorkerRegister(store);
  const deployment = await untilPresent(() => readDeployment(store), warn);
  return {
    deployment,
    ledger: new PostgresWorkerLedger(store),
    isAway: isTransient,
    close: () => store.close(),
    readSweepDrive: (sweepId) => drive.readSweepDrive(sweepId),
    readSweepsToDrive: () => drive.readSweepsToDrive(),
    finishLaunches: (signal) => drive.finishLaunches(signal),
    endOverdueSweeps: () => drive.endOverdueSweeps(),
    beginGeneration: (sweepId, expected) => drive.beginGeneration(sweepId, expected),
    readProbeRequest: (sweepId) => drive.readProbeRequest(sweepId),
    writeTheoryConstants: (sweepId, constants) => drive.writeTheoryConstants(sweepId, constants),
    countTheoryFailure: (sweepId) => drive.countTheoryFailure(sweepId),
    readLiveWorkers: (host) => register.readLiveWorkers(host),
    reapWorker: (workerId) => register.reapWorker(workerId),
    // It may go away again between the first question and this: a worker that starts waits for as long as it takes.
    registerWorker: (worker) => untilPresent(() => register.register(worker), warn),
    heartbeatWorker: (workerId, slots) => register.heartbeat(workerId, slots),
    endWorker: (workerId) => register.leave(workerId),
    findNotices: () => findNotices(store),
    claimDeliveries: (host, limit) => claimDeliveries(store, host, limit),
    holdDelivery: (claimed) => holdDelivery(store, claimed),
    settleDelivery: (claimed, result) => settleDelivery(store, claimed, result),
    giveDeliveryBack: (claimed) => giveDeliveryBack(store, claimed),
    listenForChanges: (changed) => store.listen(changed),
    async readDataset(hash) {
      const rows = await drive.readDataset(hash);
      if (rows !== null) return rows;
      throw new DropsweepError('DATA_INVALID', 'the rows of a dataset are not in the database', {
        where: `dataset ${hash}`,
        expected: 'the rows that the sweep was launched with',
        fix: 'restore the database, or launch the sweep under another name from its own files',
      });
    },
  };
}

async function untilPresent<T>(ask: () => Promise<T>, warn: OpenWorkerRecordOptions['warn']): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isTransient(error)) throw error;
      warn('waiting for the database', error);
      await sleep(retryMs);
    }
  }
}
