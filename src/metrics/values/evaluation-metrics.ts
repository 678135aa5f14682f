/**
 * The results of one evaluation, by name, as they are stored and exported: a metric's number, null where the metric is
 * undefined; a detail; facts of the evaluation. What a task's predictions have no such thing of is absent (version 3
 * and before stored null). Equal seeds give equal bits.
 */
export interface EvaluationMetrics extends Measurements {
  readonly rows: number;
  /** The task's training objective, of the averaged outputs. */
  readonly loss: number;
  /** Mean over members of each member's own loss; Theorem 4.5: loss ≤ mean_member_loss. */
  readonly mean_member_loss: number;
}

/** A trial's stored numbers by name: an evaluation's metrics, or those that a program of the user's measured. */
export interface Measurements {
  readonly [name: string]: EvaluatedValue | undefined;
  /** One class predicted for every row of a set that holds several. */
  readonly collapsed?: boolean;
  readonly reliability?: readonly ReliabilityBin[];
}

export type EvaluatedValue =
  | number
  | boolean
  | null
  | readonly ReliabilityBin[]
  | Readonly<Record<string, number | null>>;

/** A number of an evaluation by name; null where it has none. */
export function evaluatedNumber(metrics: Measurements | null, name: string): number | null {
  const value = metrics?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export interface ReliabilityBin {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}
