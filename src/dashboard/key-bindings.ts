import type { ViewAction } from './view-state.ts';

/** What a key asks of the sweep. It becomes desired state in PostgreSQL, so it works with Temporal down. */
export type DashboardCommand =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'set_parallelism'; readonly parallelism: number };

/** What a key means. */
export type KeyMeaning =
  | { readonly kind: 'view'; readonly action: ViewAction }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'parallelism'; readonly change: 1 | -1 }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'leave' };

/** The part of ink's key that is looked at. */
export interface PressedKey {
  readonly upArrow?: boolean;
  readonly downArrow?: boolean;
  readonly pageUp?: boolean;
  readonly pageDown?: boolean;
  readonly home?: boolean;
  readonly end?: boolean;
  readonly tab?: boolean;
  readonly escape?: boolean;
  readonly ctrl?: boolean;
}

/** Keys and what they do, as the help panel lists them. */
export const keyHelp: readonly (readonly [keys: string, meaning: string])[] = [
  ['q, Ctrl-C', 'leave; the sweep goes on'],
  ['p', 'pause: slots checkpoint and stop'],
  ['r', 'resume'],
  ['+ -', 'one lane more or less'],
  ['tab', 'next view: overview, trials, trade-off, slots'],
  ['s', 'sort the trials by the next column'],
  ['↑ ↓ or k j', 'scroll by a row'],
  ['PgUp PgDn', 'scroll by a page'],
  ['Home End', 'first or last trial'],
  ['Ctrl-Z', 'stop until `fg`'],
  ['?', 'this help; Esc closes it'],
];

/** The keys that the last line of the frame names, most needed first. */
export const keyHints: readonly (readonly [key: string, meaning: string])[] = [
  ['q', 'leave'],
  ['?', 'help'],
  ['tab', 'view'],
  ['p', 'pause'],
  ['r', 'resume'],
  ['s', 'sort'],
  ['jk', 'scroll'],
  ['+-', 'lanes'],
];

/** @param page rows that the table shows */
export function keyMeaning(input: string, key: PressedKey, page: number): KeyMeaning | null {
  if (key.ctrl === true) return input === 'c' ? { kind: 'leave' } : input === 'z' ? { kind: 'suspend' } : null;
  const scroll = (rows: number): KeyMeaning => ({ kind: 'view', action: { kind: 'scroll', rows } });
  if (key.upArrow === true) return scroll(-1);
  if (key.downArrow === true) return scroll(1);
  if (key.pageUp === true) return scroll(-page);
  if (key.pageDown === true) return scroll(page);
  if (key.home === true) return scroll(Number.NEGATIVE_INFINITY);
  if (key.end === true) return scroll(Number.POSITIVE_INFINITY);
  if (key.tab === true) return { kind: 'view', action: { kind: 'next_view' } };
  if (key.escape === true) return { kind: 'view', action: { kind: 'close_help' } };
  switch (input) {
    case 'q':
      return { kind: 'leave' };
    case 'p':
      return { kind: 'pause' };
    case 'r':
      return { kind: 'resume' };
    case '+':
    case '=':
      return { kind: 'parallelism', change: 1 };
    case '-':
      return { kind: 'parallelism', change: -1 };
    case 'k':
      return scroll(-1);
    case 'j':
      return scroll(1);
    case 's':
      return { kind: 'view', action: { kind: 'next_sort' } };
    case '?':
      return { kind: 'view', action: { kind: 'toggle_help' } };
    default:
      return null;
  }
}
