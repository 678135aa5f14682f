import { didYouMean } from '../sweep/sweep-file-problems.ts';
import type { SweepSnapshot } from '../store/sweep-snapshot.ts';
import type { FilterColumn } from '../store/trial-filter.ts';
import type { KeyMeaning } from './key-bindings.ts';
import { filterColumns } from './read-filter.ts';
import { sortByColumn } from './sort-by-column.ts';
import { views } from './views/views.ts';

/** What may stand after an action's name in the palette. */
export interface ActionArgument {
  /** What could stand there, to be completed. */
  words(snapshot: SweepSnapshot): readonly string[];
  /** Said while nothing stands there. */
  readonly hint: string;
  /** What it asks for, or why it asks for nothing. */
  read(text: string, snapshot: SweepSnapshot): KeyMeaning | string;
}

/** A whole number, at least so great. */
export function numberArgument(least: number, meaning: (value: number) => KeyMeaning): ActionArgument {
  return {
    words: () => [],
    hint: `a whole number from ${least} on`,
    read: (text) => {
      const value = Number(text);
      if (/^\d+$/.test(text) && value >= least && value <= 2_147_483_647) return meaning(value);
      return `${text} is no whole number from ${least} on`;
    },
  };
}

/** A column to sort by; with `-` before it the other way round. */
export const sortArgument: ActionArgument = {
  words: ({ definition }) => [...filterColumns(definition).keys()],
  hint: 'a column, for instance accuracy or -learning_rate',
  read: (text, snapshot) => {
    const reversed = text.startsWith('-');
    const column = columnNamed(reversed ? text.slice(1) : text, snapshot);
    if (typeof column === 'string') return column;
    const sort = sortByColumn(column, reversed);
    return sort === null ? `${column.name} has no order` : { kind: 'view', action: { kind: 'sort', sort } };
  },
};

/** The columns of the trials' table; `default` for those that the sweep calls for. */
export const columnsArgument: ActionArgument = {
  words: ({ definition }) => ['default', ...filterColumns(definition).keys()],
  hint: 'columns, for instance p M accuracy seed, or default',
  read: (text, snapshot) => {
    if (text.trim() === 'default') return { kind: 'view', action: { kind: 'columns', columns: null } };
    const columns = text.split(/[\s,]+/).map((word) => columnNamed(word, snapshot));
    const problem = columns.find((column) => typeof column === 'string');
    if (typeof problem === 'string') return problem;
    const named = columns.flatMap((column) => (typeof column === 'string' ? [] : [column]));
    // Number and state are there always.
    const chosen = named.filter(({ of }) => of !== 'trial' && of !== 'state');
    return { kind: 'view', action: { kind: 'columns', columns: chosen } };
  },
};

/** A column by what people call it, or that there is none. */
function columnNamed(word: string, { definition }: SweepSnapshot): FilterColumn | string {
  const columns = filterColumns(definition);
  const column = columns.get(word) ?? columns.get(word.toLowerCase());
  return column ?? `there is no column ${word}${didYouMean(word, [...columns.keys()])}`;
}

/** A value of a choice; which there are, the view knows. */
export function choiceArgument(name: string): ActionArgument {
  return {
    words: (snapshot) => [
      ...new Set(
        views.flatMap(({ choices = [] }) =>
          choices.filter((choice) => choice.name === name).flatMap((choice) => choice.values(snapshot)),
        ),
      ),
    ],
    hint: 'nothing: the next one',
    read: (value) => ({ kind: 'choose', name, value }),
  };
}
