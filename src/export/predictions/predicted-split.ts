import { thawRows } from '../../data/frozen-rows.ts';
import { gapRowsOf } from '../../sweep/gap-rows.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import { trainSubsample } from '../../train/segments/warm-slot.ts';
import type { ExportedTrial } from '../exported-trial.ts';
import { settledTrial } from '../settled-trial.ts';

interface Split {
  readonly name: 'train' | 'dev' | 'test';
  readonly hash: string;
  /** As it is stored. */
  readonly content: Uint8Array;
}

/**
 * The rows of a split that a trial predicts, and the trial as it predicts them. Of train they are those that its gap is
 * measured on, and what scoring fits is fitted to them as it was for the gap, so that they give its train scores again.
 */
export function predictedSplit(
  exported: ExportedTrial,
  { name, hash, content }: Split,
): { readonly exported: ExportedTrial; readonly rows: readonly FrozenRow[] } {
  const rows = thawRows(content, hash);
  if (name !== 'train') return { exported: settledTrial(exported), rows };
  const count = gapRowsOf(exported.trial.evaluation, rows.length);
  return { exported, rows: trainSubsample({ rows, inputs: [] }, hash, count).rows };
}
