import { DropsweepError } from '../../base/errors.ts';
import { type BudgetName, budgetFields } from '../../sweep/file/read-budget.ts';
import { readSetting, type SettingName } from '../../sweep/file/read-setting.ts';
import { firstLine } from '../reading/snapshot-poller.ts';
import { didYouMean } from '../../sweep/file/sweep-file-problems.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { FilterColumn } from '../../store/views/trials/trial-filter.ts';
import type { KeyMeaning } from '../input/key-bindings.ts';
import { filterColumns } from '../tables/read-filter.ts';
import { sortByColumn } from '../tables/sort-by-column.ts';
import { views } from '../views/views.ts';

/** The argument after an action's name in the palette. */
export interface ActionArgument {
  /** Words that could stand there, to be completed. */
  words(snapshot: SweepSnapshot): readonly string[];
  /** Said while nothing stands there. */
  readonly hint: string;
  /** The action that it asks for, or why it asks for none. */
  read(text: string, snapshot: SweepSnapshot): KeyMeaning | string;
}

/** A setting's value, as `dropsweep set` takes it. */
export function settingArgument(
  name: SettingName,
  hint: string,
  meaning: (value: number) => KeyMeaning,
): ActionArgument {
  return {
    words: () => [],
    hint,
    read: (text) => {
      const value = settingOrWhy(name, text);
      return typeof value === 'number' ? meaning(value) : (value ?? `${name} has no limit to take away`);
    },
  };
}

/** Limits of the budget, as in `hours=4 failures=none`. */
export const budgetArgument: ActionArgument = {
  words: () => budgetFields.map(({ name }) => `${name}=`),
  hint: 'a limit, for instance hours=4 or failures=none',
  read: (text) => {
    const changes: Partial<Record<BudgetName, number | null>> = {};
    for (const word of text.trim().split(/\s+/)) {
      const [written = '', value = '', ...more] = word.split('=');
      const field = budgetFields.find(({ name }) => name === written);
      if (field === undefined || more.length > 0) {
        const known = budgetFields.map(({ name }) => name);
        return `there is no limit ${written}${didYouMean(written, known)}; there are ${known.join(' ')}`;
      }
      const read = settingOrWhy(`budget.${field.name}`, value);
      if (typeof read === 'string') return read;
      changes[field.name] = read;
    }
    return { kind: 'set_budget', changes };
  },
};

/** The value, or why it is none. */
function settingOrWhy(name: SettingName, text: string): number | null | string {
  try {
    return readSetting(name, text);
  } catch (error) {
    if (error instanceof DropsweepError) return firstLine(error).replace(/^USAGE: /, '') + expectedOf(error);
    throw error;
  }
}

function expectedOf({ facts: { expected } }: DropsweepError): string {
  return expected === undefined ? '' : `: it takes ${expected}`;
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
