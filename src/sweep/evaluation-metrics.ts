/** The numbers one evaluation yields. Null where the task has no such metric. Equal seeds give equal bits. */
export interface EvaluationMetrics {
  readonly rows: number;
  readonly accuracy: number | null;
  readonly f1: number | null;
  readonly matthews: number | null;
  readonly pearson: number | null;
  readonly spearman: number | null;
  /** Mean negative log-likelihood (classification) or mean squared error (regression) of the aggregated output. */
  readonly loss: number;
  readonly brier: number | null;
  /** Expected calibration error over 15 equal-width confidence bins. */
  readonly ece: number | null;
  readonly reliability: readonly ReliabilityBin[];
  /** Mean over members of each member's own loss; Theorem 4.5: loss ≤ mean_member_loss (logits averaged). */
  readonly mean_member_loss: number;
  /** Loss of the same mode on a fixed subsample of the train rows of the dev set's size, and train minus dev. */
  readonly train_accuracy: number | null;
  readonly train_loss: number | null;
  readonly accuracy_gap: number | null;
  readonly loss_gap: number | null;
  /** One class predicted for every row of a set that holds several. */
  readonly collapsed: boolean;
  /** Kept entries of ΔW in expectation, (1−p)² × entries. */
  readonly expected_kept_entries: number;
  /** Forward passes per row at inference. */
  readonly inference_passes: number;
}

export interface ReliabilityBin {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}
