import { thawRows } from '../../data/frozen-rows.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import { trainSubsample } from '../../train/segments/warm-slot.ts';

interface Split {
  readonly name: 'train' | 'dev' | 'test';
  readonly hash: string;
  /** As it is stored. */
  readonly content: Uint8Array;
}

/**
 * The rows of a split; of train those that evaluations hold the others against, of which there are as many.
 * @param evaluated rows that the trial was scored on
 */
export function rowsOfSplit({ name, hash, content }: Split, evaluated: number): readonly FrozenRow[] {
  const rows = thawRows(content, hash);
  if (name !== 'train') return rows;
  return trainSubsample({ rows, inputs: [] }, hash, Math.min(evaluated, rows.length)).rows;
}
