/** How much of something is done. */
export interface Amount {
  readonly done: number;
  /** Null: nobody knows. */
  readonly of: number | null;
  /** What is counted; bytes are written as sizes. */
  readonly unit: 'B' | (string & {});
}

/**
 * Told of what takes its time: what it is, and how much of it is done where that can be said. The same words again, with a
 * larger amount, go on with it; other words begin something else.
 * @param amount null: it cannot be said, and only what takes long is worth a line; absent: it is worth one in any case
 */
export type Progress = (what: string, amount?: Amount | null) => void;

/** Counts through items, telling how many are done. @param what they are, as in `reading trials` */
export function* counted<Item>(
  items: readonly Item[],
  progress: Progress | undefined,
  what: string,
  unit: string,
): Generator<Item> {
  for (const [done, item] of items.entries()) {
    progress?.(what, { done, of: items.length, unit });
    yield item;
  }
}
