import {
  type ActionArgument,
  choiceArgument,
  columnsArgument,
  budgetArgument,
  settingArgument,
  sortArgument,
} from './action-arguments.ts';
import type { KeyMeaning } from '../input/key-bindings.ts';
import type { View } from '../views/view.ts';
import { views } from '../views/views.ts';

/**
 * Something that a key does, or the palette by name. Keys, help, the foot of the screen and the palette are made of
 * these.
 */
export interface DashboardAction {
  /** In the palette; absent: it makes sense as a key alone. */
  readonly name?: string;
  /** Characters, or what `keyName` calls other keys. */
  readonly keys: readonly string[];
  /** @param page rows that the view shows; null: it takes an argument, in the palette */
  readonly meaning: ((page: number) => KeyMeaning) | null;
  /** The argument that may stand after the name. */
  readonly argument?: ActionArgument;
  /** Its line of the help; absent: the line of the action before it says both. */
  readonly help?: readonly [keys: string, meaning: string];
  /** What the foot of the screen calls it, and how early; absent: nothing. */
  readonly hint?: ActionHint;
}

export interface ActionHint {
  readonly keys: string;
  readonly meaning: string;
  readonly place: number;
  /** Whether it does something in a view; absent: in each. */
  readonly of?: (view: View) => boolean;
}

const always = (meaning: KeyMeaning) => () => meaning;
const scroll = (rows: number): KeyMeaning => ({ kind: 'view', action: { kind: 'move', rows } });
const hint = (place: number, keys: string, meaning: string, of?: ActionHint['of']) => ({
  hint: { keys, meaning, place, ...(of === undefined ? {} : { of }) },
});
const sorted: ActionHint['of'] = (view) => view.sorted === true;
const filtered: ActionHint['of'] = (view) => view.filtered === true;
const opens: ActionHint['of'] = (view) => view.opens;
const marks: ActionHint['of'] = (view) => view.marks;

/** Actions that look, and move about. */
const looking: readonly DashboardAction[] = [
  {
    name: 'leave',
    keys: ['q', 'ctrl-c'],
    meaning: always({ kind: 'leave' }),
    help: ['q, Ctrl-Z', 'leave (the sweep goes on), or stop until `fg`'],
    ...hint(0, 'q', 'leave'),
  },
  { name: 'suspend', keys: ['ctrl-z'], meaning: always({ kind: 'suspend' }) },
  {
    name: 'help',
    keys: ['?'],
    meaning: always({ kind: 'view', action: { kind: 'toggle_help' } }),
    help: ['?, tab, :', 'this help, the next view, anything by its name'],
    ...hint(1, '?', 'help'),
  },
  { keys: ['tab'], meaning: always({ kind: 'next_view' }), ...hint(2, 'tab', 'view') },
  { keys: [':'], meaning: always({ kind: 'ask', what: 'action' }) },
  { keys: ['up', 'k'], meaning: always(scroll(-1)), help: ['↑ ↓ or k j', 'choose a row'], ...hint(7, 'jk', 'scroll') },
  { keys: ['down', 'j'], meaning: always(scroll(1)) },
  {
    keys: ['pageUp'],
    meaning: (page) => scroll(-page),
    help: ['PgUp PgDn', 'a page; Home, End: the first, the last'],
  },
  { keys: ['pageDown'], meaning: (page) => scroll(page) },
  { name: 'first', keys: ['home'], meaning: always(scroll(Number.NEGATIVE_INFINITY)) },
  { name: 'last', keys: ['end'], meaning: always(scroll(Number.POSITIVE_INFINITY)) },
  {
    name: 'open',
    keys: ['enter'],
    meaning: always({ kind: 'open' }),
    help: ['enter, esc', 'open the chosen row, go back (or show all again)'],
    ...hint(8, 'enter', 'open', opens),
  },
  { name: 'back', keys: ['escape'], meaning: always({ kind: 'view', action: { kind: 'back' } }) },
  {
    name: 'sort',
    keys: ['s'],
    meaning: always({ kind: 'view', action: { kind: 'next_sort' } }),
    argument: sortArgument,
    help: ['s, /', 'sort the trials (or :sort COLUMN), filter them'],
    ...hint(5, 's', 'sort', sorted),
  },
  {
    name: 'filter',
    keys: ['/'],
    meaning: always({ kind: 'ask', what: 'filter' }),
    ...hint(6, '/', 'filter', filtered),
  },
  {
    name: 'columns',
    keys: [],
    meaning: null,
    argument: columnsArgument,
    help: [':columns', 'of the trials, as in :columns p M accuracy'],
  },
  {
    name: 'mark',
    keys: [' '],
    meaning: always({ kind: 'mark' }),
    help: ['space', 'mark trials for R, C and P (or :unmark)'],
    ...hint(9, 'space', 'mark', marks),
  },
  { name: 'unmark', keys: [], meaning: always({ kind: 'view', action: { kind: 'unmark' } }) },
];

/** Actions that command the sweep, or some of its trials. */
const commanding: readonly DashboardAction[] = [
  {
    name: 'pause',
    keys: ['p'],
    meaning: always({ kind: 'pause' }),
    help: ['p, r', 'pause (slots checkpoint and stop), resume'],
    ...hint(3, 'p', 'pause'),
  },
  { name: 'resume', keys: ['r'], meaning: always({ kind: 'resume' }), ...hint(4, 'r', 'resume') },
  {
    name: 'drain',
    keys: ['D'],
    meaning: always({ kind: 'drain' }),
    help: ['D', 'drain: what was begun ends, nothing else begins'],
  },
  {
    name: 'more-lanes',
    keys: ['+', '='],
    meaning: always({ kind: 'parallelism', change: 1 }),
    help: ['+ -', 'one lane more or less (or :parallelism N)'],
    ...hint(11, '+-', 'lanes'),
  },
  { name: 'fewer-lanes', keys: ['-'], meaning: always({ kind: 'parallelism', change: -1 }) },
  {
    name: 'parallelism',
    keys: [],
    meaning: null,
    argument: settingArgument('parallelism', 'how many trainings at once', (parallelism) => ({
      kind: 'set_parallelism',
      parallelism,
    })),
  },
  {
    name: 'priority',
    keys: [],
    meaning: null,
    argument: settingArgument('priority', 'a whole number: the higher goes first', (priority) => ({
      kind: 'set_priority',
      priority,
    })),
    help: [':priority', 'N: among sweeps the higher goes first'],
  },
  {
    name: 'budget',
    keys: [],
    meaning: null,
    argument: budgetArgument,
    help: [':budget', 'limits, as in :budget hours=4 failures=none'],
  },
  {
    name: 'clone',
    keys: ['c'],
    meaning: always({ kind: 'clone' }),
    help: ['c', 'clone the trial with changes, in $EDITOR'],
    ...hint(10, 'c', 'clone', marks),
  },
  {
    name: 'retry',
    keys: ['R'],
    meaning: always({ kind: 'retry' }),
    help: ['R, C', 'retry what failed, cancel: the marked, or all'],
  },
  { name: 'cancel', keys: ['C'], meaning: always({ kind: 'cancel' }) },
  {
    name: 'pin',
    keys: ['P'],
    meaning: always({ kind: 'pin', pinned: true }),
    help: ['P', 'pin: gc keeps the checkpoint (:unpin lets it go)'],
  },
  { name: 'unpin', keys: [], meaning: always({ kind: 'pin', pinned: false }) },
];

/** What single views let one choose, each choice once. */
const choosing: readonly DashboardAction[] = [
  ...new Map(views.flatMap(({ choices = [] }) => choices).map((choice) => [choice.name, choice])).values(),
].map(({ name, key, help }) => ({
  name,
  keys: [key],
  meaning: always({ kind: 'choose', name }),
  argument: choiceArgument(name),
  help: [key, help],
}));

/** Every action, in the order of the help. */
export const actions: readonly DashboardAction[] = [
  ...looking,
  ...commanding,
  ...views.flatMap(({ key, name, help }): readonly DashboardAction[] => {
    if (key === undefined) return [];
    const meaning = always({ kind: 'view', action: { kind: 'go', view: name } });
    return [{ name, keys: [key], meaning, help: [key, `${name}: ${help}`] }];
  }),
  ...choosing,
];
