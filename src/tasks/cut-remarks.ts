import type { CutCounts } from '../data/encoded-rows.ts';

/** The rows whose inputs were counted. */
export interface CutSplit {
  readonly split: string;
  readonly rows: number;
  readonly maxLength: number;
}

/** What a launch says of what inputs lose of their rows. @throws DATA_INVALID where nothing is left to be judged by */
export type CutRemarks = (counts: CutCounts, of: CutSplit) => readonly string[];

/** Rows that are longer than an input may be; none where none are. @param lost what of them is told besides */
export function rowsCutRemarks(cut: number, { split, rows, maxLength }: CutSplit, lost = ''): readonly string[] {
  if (cut === 0) return [];
  const share = shareOf(cut, rows);
  return [`warning: ${cut} of ${rows} ${split} rows (${share}) are cut to max_length ${maxLength}${lost}`];
}

export function shareOf(part: number, of: number): string {
  return `${Number(((100 * part) / of).toPrecision(3))} %`;
}
