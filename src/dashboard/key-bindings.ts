import type { ViewAction } from './view-state.ts';
import { views } from './views/views.ts';

/** What a key asks of the sweep. It becomes desired state in PostgreSQL, so it works with Temporal down. */
export type DashboardCommand =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'set_parallelism'; readonly parallelism: number };

/** What a key means. */
export type KeyMeaning =
  | { readonly kind: 'view'; readonly action: ViewAction }
  | { readonly kind: 'next_view' }
  | { readonly kind: 'open' }
  | { readonly kind: 'ask_filter' }
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
  readonly return?: boolean;
  readonly ctrl?: boolean;
  readonly leftArrow?: boolean;
  readonly rightArrow?: boolean;
  readonly backspace?: boolean;
  readonly delete?: boolean;
}

/** Keys and what they do, as the help panel lists them. */
export const keyHelp: readonly (readonly [keys: string, meaning: string])[] = [
  ['q, Ctrl-Z', 'leave (the sweep goes on), or stop until `fg`'],
  ['p, r', 'pause (slots checkpoint and stop), resume'],
  ['+ -', 'one lane more or less'],
  ['s, /', 'sort the trials by the next column, filter them'],
  ['↑ ↓ or k j', 'choose a row'],
  ['PgUp PgDn', 'a page; Home, End: the first, the last'],
  ['enter, esc', 'open the chosen row, go back (or show all again)'],
  ['?, tab', 'this help, the next view'],
  ...views.flatMap(({ key, name, help }): [string, string][] => (key === undefined ? [] : [[key, `${name}: ${help}`]])),
];

/** The keys that the last line of the frame names, most needed first. */
export const keyHints: readonly (readonly [key: string, meaning: string])[] = [
  ['q', 'leave'],
  ['?', 'help'],
  ['tab', 'view'],
  ['p', 'pause'],
  ['r', 'resume'],
  ['s', 'sort'],
  ['/', 'filter'],
  ['jk', 'scroll'],
  ['+-', 'lanes'],
  ['enter', 'open'],
];

/** @param page rows that the table shows */
export function keyMeaning(input: string, key: PressedKey, page: number): KeyMeaning | null {
  if (key.ctrl === true) return input === 'c' ? { kind: 'leave' } : input === 'z' ? { kind: 'suspend' } : null;
  const scroll = (rows: number): KeyMeaning => ({ kind: 'view', action: { kind: 'move', rows } });
  if (key.upArrow === true) return scroll(-1);
  if (key.downArrow === true) return scroll(1);
  if (key.pageUp === true) return scroll(-page);
  if (key.pageDown === true) return scroll(page);
  if (key.home === true) return scroll(Number.NEGATIVE_INFINITY);
  if (key.end === true) return scroll(Number.POSITIVE_INFINITY);
  if (key.tab === true) return { kind: 'next_view' };
  if (key.return === true || input === '\r') return { kind: 'open' };
  if (key.escape === true) return { kind: 'view', action: { kind: 'back' } };
  const chosen = views.find((view) => view.key === input);
  if (chosen !== undefined) return { kind: 'view', action: { kind: 'go', view: chosen.name } };
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
    case '/':
      return { kind: 'ask_filter' };
    case '?':
      return { kind: 'view', action: { kind: 'toggle_help' } };
    default:
      return null;
  }
}
