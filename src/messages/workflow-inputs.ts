import type { LaneName } from './names.ts';

/** How lanes are driven; only tests and benchmarks depart from the defaults. */
export interface DriveSettings {
  /** Wall time after which a slot's turn hands back to its lane. */
  readonly sliceMs: number;
  /** Segments after which a slot's turn hands back, whatever the time; null: only the slice counts. */
  readonly segmentsPerSlice: number | null;
  /** Segments after which a lane continues as new, besides the server's suggestion; null: only that. */
  readonly segmentsPerRun: number | null;
  /** Readings of the desired state after which the sweep's workflow continues as new; null: the server's suggestion. */
  readonly readingsPerRun: number | null;
  /** The desired state is read again after at most this long, woken or not. */
  readonly readEveryMs: number;
  /** Longest time one segment may take before its activity is given up. */
  readonly segmentLimitMs: number;
}

export const defaultDriveSettings: DriveSettings = {
  sliceMs: 20_000,
  segmentsPerSlice: null,
  segmentsPerRun: null,
  readingsPerRun: null,
  readEveryMs: 30_000,
  segmentLimitMs: 7 * 24 * 3_600_000,
};

export interface SweepWorkflowInput {
  readonly deployment: string;
  readonly sweepId: string;
  readonly generation: number;
  readonly deviceClass: string;
  readonly settings: DriveSettings;
  /** Left by the run before this one. */
  readonly carried: LanePlanState | null;
}

/** A sweep's workflow's knowledge of its lanes; serialisable. */
export interface LanePlanState {
  /** Open lanes: number and incarnation. */
  readonly open: readonly { readonly lane: number; readonly incarnation: number; readonly stopping: boolean }[];
  /** Starts so far, by lane number. */
  readonly starts: readonly number[];
  readonly probeAsked: boolean;
}

export interface LaneWorkflowInput {
  readonly deployment: string;
  readonly name: LaneName;
  readonly deviceClass: string;
  readonly settings: DriveSettings;
  /** Left by the run before this one. */
  readonly carried: LaneTurnsState | null;
}

/** Where a lane stands; serialisable. */
export interface LaneTurnsState {
  readonly sequence: number;
  /** Turns in a row that found nothing to do. */
  readonly emptyTurns: number;
}

export interface LaneEnded {
  readonly lane: number;
  readonly incarnation: number;
}
