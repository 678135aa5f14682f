import type { SweepCommand } from '../../store/commands.ts';
import type { BudgetChanges } from '../../store/search/set-budget.ts';
import type { ViewAction } from '../view-state.ts';
import { type ActionHint, actions } from '../steering/actions.ts';
import type { View } from '../views/view.ts';

/** A command to the sweep. It becomes desired state in PostgreSQL, so it works with Temporal down. */
export type DashboardCommand =
  | SweepCommand
  | { readonly kind: 'pin'; readonly trials: readonly number[]; readonly pinned: boolean };

/** The meaning of a key. */
export type KeyMeaning =
  | { readonly kind: 'view'; readonly action: ViewAction }
  | { readonly kind: 'next_view' }
  | { readonly kind: 'open' }
  /** Marks the chosen row's trials, or takes their marks away. */
  | { readonly kind: 'mark' }
  /** Of a view's choices the next value, or this one. */
  | { readonly kind: 'choose'; readonly name: string; readonly value?: string }
  /** Opens a line for it at the foot of the screen. */
  | { readonly kind: 'ask'; readonly what: 'filter' | 'action' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'drain' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'parallelism'; readonly change: 1 | -1 }
  | { readonly kind: 'set_parallelism'; readonly parallelism: number }
  | { readonly kind: 'set_priority'; readonly priority: number }
  | { readonly kind: 'set_budget'; readonly changes: BudgetChanges }
  | { readonly kind: 'pin'; readonly pinned: boolean }
  | { readonly kind: 'clone' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'leave' };

const looking: readonly KeyMeaning['kind'][] = ['view', 'next_view', 'open', 'ask', 'choose'];

/** Whether it changes nothing but what is seen: such keys may come with others. */
export function isLooking({ kind }: KeyMeaning): boolean {
  return looking.includes(kind);
}

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
export const keyHelp: readonly (readonly [keys: string, meaning: string])[] = actions.flatMap(({ help }) =>
  help === undefined ? [] : [help],
);

/** The keys that the last line of the frame names in a view, most needed first: none that does nothing there. */
export function keyHints(view: View): readonly (readonly [key: string, meaning: string])[] {
  return [...actions.flatMap(({ hint }) => hint ?? []), ...choiceHint(view)]
    .filter(({ of }) => of === undefined || of(view))
    .toSorted((a, b) => a.place - b.place)
    .map(({ keys, meaning }) => [keys, meaning] as const);
}

/** After filter and sort: what can be chosen in a view. */
const choicePlace = 6.5;

function choiceHint({ choices = [] }: View): readonly ActionHint[] {
  const keys = choices.map(({ key }) => key).join('');
  const [only, ...more] = choices;
  if (only === undefined) return [];
  return [{ keys, meaning: more.length === 0 ? only.name : 'choose', place: choicePlace }];
}

/** @param page rows that the table shows */
export function keyMeaning(input: string, key: PressedKey, page: number): KeyMeaning | null {
  const name = keyName(input, key);
  return actions.find(({ keys }) => keys.includes(name))?.meaning?.(page) ?? null;
}

/** Keys that are no characters, as actions name them. */
const namedKeys = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['pageUp', 'pageUp'],
  ['pageDown', 'pageDown'],
  ['home', 'home'],
  ['end', 'end'],
  ['tab', 'tab'],
  ['return', 'enter'],
  ['escape', 'escape'],
] as const;

function keyName(input: string, key: PressedKey): string {
  if (key.ctrl === true) return `ctrl-${input}`;
  if (input === '\r') return 'enter';
  return namedKeys.find(([name]) => key[name] === true)?.[1] ?? input;
}
