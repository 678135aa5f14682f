import type { EvaluatedValue, Measurements } from './values/evaluation-metrics.ts';
import type { ScoredForm, ScoredSet } from './forms/scored-set.ts';

/**
 * One number that trials have. Objectives, `best`, `pareto`, `compare`, tables, exports, what is stored of an
 * evaluation and docs/sweep-file.md are made from these records: a metric is a file and a line in metrics.ts.
 */
export interface Metric {
  /** snake_case: in sweep files, SQL, JSON and exports. */
  readonly name: string;
  /** Above its column; of what a task trains for, in the task's word for its loss. */
  readonly heading: string | ((loss: string) => string);
  readonly direction: 'maximize' | 'minimize';
  /** The least and the greatest value that it can have. */
  readonly range: readonly [least: number, greatest: number];
  readonly format: (value: number) => string;
  /** From which forms of predictions it is computed; empty: it is given with the evaluation or the training. */
  readonly computations: readonly Computation[];
  /** From which forms of the members' own predictions, two or more; absent: from none. */
  readonly ofMembers?: readonly MembersComputation[];
  /** A mean over rows, or a number of the whole set alone. */
  readonly over: 'rows' | 'corpus';
  /** Which way the train rows' value minus the evaluated rows' is better; absent: the gap is not taken. */
  readonly gap?: 'maximize' | 'minimize';
  /** It tells how far probabilities, or members, can be taken at their word. */
  readonly calibration?: true;
  /** It tells how much freedom a configuration has, or work it costs: what a gap may go with. */
  readonly measuresSize?: true;
  /** It follows from the configuration alone: neither seeds nor rows have a part in it. */
  readonly exact?: true;
  /** Shown and exported, but nothing to rank by. */
  readonly unranked?: true;
  /** Where it is no number of the evaluation. */
  readonly ofTrial?: (trial: MeasuredTrial) => number | null;
  /** One sentence of the reference, without its full stop. */
  readonly sentence: string;
}

/** The figures that a trial is measured by besides its evaluation. */
export interface MeasuredTrial {
  readonly metrics: Measurements | null;
  /** Theorem 4.4's second term. */
  readonly complexity: number | null;
  /** The same with constants from what the training met; absent: as null. */
  readonly complexityEstimated?: number | null;
  readonly trainSeconds: number | null;
  readonly trainableParameters: number | null;
}

/** How a value comes of the sets of one form. */
export interface Computation<Value extends EvaluatedValue = number | null> {
  readonly form: string;
  /** Null where the value is undefined, such as the correlation of a constant. */
  compute(set: ScoredSet): Value;
}

/** How a value comes of what each member of an ensemble predicts by itself. */
export interface MembersComputation {
  readonly form: string;
  compute(members: readonly ScoredSet[]): number | null;
}

/** A detail that is stored beside the numbers and ranks nothing, such as the recall of each class. */
export interface SetDetail {
  readonly name: string;
  readonly computations: readonly Computation<EvaluatedValue>[];
}

export function computedFrom<Content, Value extends EvaluatedValue>(
  form: ScoredForm<Content>,
  compute: (content: Content) => Value,
): Computation<Value> {
  return { form: form.name, compute: (set) => compute(contentOf(form, set)) };
}

export function computedFromMembers<Content>(
  form: ScoredForm<Content>,
  compute: (members: readonly Content[]) => number | null,
): MembersComputation {
  return { form: form.name, compute: (members) => compute(members.map((set) => contentOf(form, set))) };
}

function contentOf<Content>(form: ScoredForm<Content>, set: ScoredSet): Content {
  const content = form.read(set);
  if (content === null) throw new TypeError(`a set of form ${set.form} is none of ${form.name}`);
  return content;
}
