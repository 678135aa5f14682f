/** Activities as workflows see them. Outcomes of configurations are values; an error means that nobody could answer. */

export interface ServeSlotInput {
  readonly sweepId: string;
  readonly generation: number;
  readonly slotKey: string;
  readonly sliceMs: number;
  readonly segmentsPerSlice: number | null;
}

export interface ServeSlotResult {
  /** wait: nothing to claim just now. exhausted: nothing will ever be, for this generation. */
  readonly kind: 'served' | 'wait' | 'exhausted';
  readonly segments: number;
}

export interface DriveQuestion {
  readonly deployment: string;
  readonly sweepId: string;
  readonly generation: number;
}

/** The state that the record wants of a sweep's workflows now. */
export interface DesiredDrive {
  /** Lanes that should run: 0 while paused, and when finished, cancelled or superseded by a newer generation. */
  readonly lanes: number;
  /** No lane will ever be wanted again by this generation. */
  readonly over: boolean;
  readonly probeMissing: boolean;
}

export interface LanesQuestion {
  /** Workflow ids of lanes that an earlier run of the sweep's workflow started. */
  readonly laneIds: readonly string[];
}

export interface ProbeInput {
  readonly sweepId: string;
}

/** Short activities on the control queue. */
export interface ControlActivities {
  readDesiredDrive(question: DriveQuestion): Promise<DesiredDrive>;
  /** Those of the given lanes that are closed or unknown to Temporal. */
  findClosedLanes(question: LanesQuestion): Promise<readonly string[]>;
}

/** Activities that hold a slot. */
export interface TrainActivities {
  /** Claims, runs and commits segments one after another until the time slice is over. */
  serveSlot(input: ServeSlotInput): Promise<ServeSlotResult>;
  /** Measures Theorem 4.4's constants once per sweep. */
  probeTheory(input: ProbeInput): Promise<void>;
}
