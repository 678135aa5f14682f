import { DropsweepError } from '../../../base/errors.ts';
import type { GuessedKind } from '../../../tasks/look-at-table.ts';
import { type FormatFlags, parseHours } from '../../verb-parameters.ts';

export interface DataFlags {
  readonly data?: string;
  readonly dev?: string;
  readonly text?: string;
  readonly label?: string;
  readonly task?: GuessedKind;
  readonly base?: string;
  readonly name?: string;
}

/** Hours that a search may take; none: a small grid instead. */
export type SearchHours = number | 'none';

export interface InitFlags extends DataFlags, FormatFlags {
  readonly hours?: SearchHours;
  readonly yes: boolean;
  readonly out: string;
  readonly force: boolean;
}

export function parseSearchHours(input: string): SearchHours {
  if (input === 'none') return input;
  try {
    return parseHours(input);
  } catch {
    throw new DropsweepError('USAGE', 'not a number of hours', {
      got: input,
      expected: 'a number above 0, or none',
    });
  }
}
