import type { DriveRecord, TheoryRecord } from '../../activities/drive-record.ts';
import type { SlotState } from '../store/workers/worker-register.ts';
import type { WorkerLedger } from '../store/segments/worker-ledger.ts';
import type { NoticeRecord } from './watching/notice-post.ts';
import type { WorkerRegister } from './watching/reaper.ts';
import type { DriveRegister } from './watching/reconciler.ts';

export interface WorkerRegistration {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly startTime: string;
  readonly role: string;
  readonly slots: number;
  /** Processor, cores and memory of its machine, in words. */
  readonly hardware: string;
}

/** All that a worker process asks of the record. */
export interface WorkerRecord extends DriveRecord, TheoryRecord, DriveRegister, WorkerRegister, NoticeRecord {
  readonly ledger: WorkerLedger;
  readonly deployment: string;
  /** Records what launches have left to be recorded. @param signal ends it after a block */
  finishLaunches(signal: AbortSignal): Promise<void>;
  /** Ends what still trains after the hours of its sweep. */
  endOverdueSweeps(): Promise<void>;
  registerWorker(worker: WorkerRegistration): Promise<void>;
  /** @param slots as they are now; null: there are none, or they could not be looked at */
  heartbeatWorker(workerId: string, slots: readonly SlotState[] | null): Promise<void>;
  endWorker(workerId: string): Promise<void>;
  readDataset(hash: string): Promise<Uint8Array>;
  isAway(error: unknown): boolean;
  close(): Promise<void>;
}
