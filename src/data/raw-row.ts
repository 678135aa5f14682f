import { DropsweepError, type ErrorFacts } from '../base/errors.ts';

/** A row as a source holds it, before its label became a number. */
export interface RawRow {
  readonly text: string;
  readonly text_pair?: string;
  readonly label: string;
  /** file:line, for errors. */
  readonly where: string;
}

/** The splits of one source. `labels`: the source's own label names in the order of the logits, where it has them. */
export interface RawDataset {
  readonly train: readonly RawRow[];
  readonly dev: readonly RawRow[];
  readonly test: readonly RawRow[] | null;
  readonly labels?: readonly string[];
}

export function dataInvalid(where: string, what: string, facts: Omit<ErrorFacts, 'where'>): DropsweepError {
  return new DropsweepError('DATA_INVALID', what, { where, ...facts });
}
