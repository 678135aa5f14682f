/**
 * A set of rows with its predictions and what they are held against, in some form: metrics are of a form, tasks give sets
 * of one, and neither knows the other.
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

/** One class of several for each row. */
export const classScores = scoredForm<{
  readonly classes: number;
  /** [rows, classes] */
  readonly probabilities: Float64Array;
  /** Class of each row. */
  readonly predictions: readonly number[];
  readonly labels: readonly number[];
}>('classes');

/** One number for each row. */
export const valueScores = scoredForm<{
  readonly predictions: Float64Array;
  readonly targets: readonly number[];
}>('values');
