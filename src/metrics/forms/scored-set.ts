/**
 * A set of rows with its predictions and what they are held against, in some form: metrics are of a form, tasks give sets
 * of one, and neither knows the other. A form is declared in the file that brings it.
 */
export interface ScoredSet {
  readonly form: string;
}

/** One form, by which alone what is in a set can be read. */
export interface ScoredForm<Content> {
  readonly name: string;
  set(content: Content): ScoredSet;
  /** null where the set is of another form. */
  read(set: ScoredSet): Content | null;
}

export function scoredForm<Content>(name: string): ScoredForm<Content> {
  const contents = new WeakMap<ScoredSet, { readonly content: Content }>();
  return {
    name,
    set(content) {
      const set = { form: name };
      contents.set(set, { content });
      return set;
    },
    read: (set) => contents.get(set)?.content ?? null,
  };
}

export interface ClassScores {
  /** In the order of the columns. */
  readonly names: readonly string[];
  /** [rows, classes] */
  readonly probabilities: Float64Array;
  /** Class of each row. */
  readonly predictions: readonly number[];
  readonly labels: readonly number[];
  /** How many of the classes each row can have, the first of them; absent: all. */
  readonly choices?: readonly number[];
  /** What each row is about; absent: rows are about nothing. */
  readonly subjects?: readonly (string | null)[];
}

/** One class of several for each row. */
export const classScores = scoredForm<ClassScores>('classes');

export interface LabelSetScores {
  /** In the order of the columns. */
  readonly names: readonly string[];
  /** [rows, labels]: 1 where the label is predicted, is set. */
  readonly predictions: Uint8Array;
  readonly labels: Uint8Array;
}

/** Any number of labels for each row. */
export const labelSetScores = scoredForm<LabelSetScores>('label_sets');

/** One number for each row. */
export const valueScores = scoredForm<{
  readonly predictions: Float64Array;
  readonly targets: readonly number[];
}>('values');
