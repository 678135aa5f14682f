import type { OpenedEncoder } from '../models/open-encoder.ts';
import type { PublishedData } from './models/published-data.ts';
import type { TrialRow } from '../store/views/sweep-snapshot.ts';
import type { TrainingSpecification } from '../sweep/vocabulary.ts';
import type { CheckpointState } from '../train/checkpoints/checkpoint.ts';

/** A trained trial with all that an export is made of. */
export interface ExportedTrial {
  readonly sweep: string;
  readonly trial: TrialRow;
  readonly specification: TrainingSpecification;
  readonly checkpoint: CheckpointState;
  /** The base's folder or ONNX file on this machine. */
  readonly place: string;
  readonly opened: OpenedEncoder;
  /** Absent: not known. */
  readonly data?: PublishedData;
  /** Who launched it, where, with which versions: of it, only what `madeWith` takes is published. */
  readonly launchedBy: Readonly<Record<string, string>>;
  /** Absent: not known. */
  readonly launchedAt?: Date;
}

/** A folder that was written. */
/** Told how many bytes of a model's weights are written. */
export type Written = (done: number, of: number) => void;

export interface ExportedFolder {
  readonly files: readonly string[];
  /** Notes for its user, in sentences. */
  readonly notes: readonly string[];
}
