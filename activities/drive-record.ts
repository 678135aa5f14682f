import type { ProbeRequest, TheoryConstants } from '../src/train/process/trainer-protocol.ts';

/** The record's view of driving one sweep. */
export interface SweepDrive {
  readonly desiredState: 'running' | 'paused' | 'cancelled';
  readonly desiredParallelism: number;
  /** Newest generation of its workflows. */
  readonly generation: number;
  /** All trainings of the sweep, finished ones included. */
  readonly trainings: number;
  /** Every training is final and the theory's constants are known or given up, or the sweep was cancelled. */
  readonly finished: boolean;
  readonly theoryMissing: boolean;
}

/** All that the control activities ask of the record. */
export interface DriveRecord {
  /** Null: no such sweep. */
  readSweepDrive(sweepId: string): Promise<SweepDrive | null>;
}

/** The record of a probe: its inputs, and where its answer goes. */
export interface TheoryRecord {
  /** Null: the constants are already there, or no such sweep. */
  readProbeRequest(sweepId: string): Promise<Omit<ProbeRequest, 'modelFolder' | 'datasetFile'> | null>;
  /** Keeps what is there already. */
  writeTheoryConstants(sweepId: string, constants: TheoryConstants): Promise<void>;
  /** After the third time the constants are missing no more: nothing waits for them. */
  countTheoryFailure(sweepId: string): Promise<void>;
}
