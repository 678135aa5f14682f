import type { EvaluationConfiguration } from './vocabulary.ts';

/**
 * Train rows that a gap between train and evaluated rows is measured on where the file does not say, or all where there
 * are fewer: enough to see a gap by, and few enough that an ensemble does not spend its passes on rows that it was
 * trained on. Each evaluation records how many it had.
 */
export const defaultGapRows = 128;

/** Train rows that an evaluation's gap is measured on. @param trainRows all that there are */
export function gapRowsOf({ gap_rows: rows }: Pick<EvaluationConfiguration, 'gap_rows'>, trainRows: number): number {
  return Math.min(rows ?? defaultGapRows, trainRows);
}
