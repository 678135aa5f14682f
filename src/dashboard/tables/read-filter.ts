import { stateWords } from '../../sweep/state-words.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { didYouMean } from '../../sweep/file/sweep-file-problems.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { trainingField, trainingFields } from '../../sweep/training-fields.ts';
import type {
  Comparison,
  FilterColumn,
  FilterValue,
  TrialCondition,
  TrialFilter,
} from '../../store/views/trials/trial-filter.ts';
import { rankByState } from '../../store/views/trials/trial-ranks.ts';
import { headingOf, metricsOf } from '../../tasks/task-metrics.ts';

/** Why a text is no filter, and where. */
export interface FilterProblem {
  /** Column of the text, from 1. */
  readonly at: number;
  readonly text: string;
}

/** A filter's text cannot be read. */
class Unreadable extends Error {
  readonly problem: FilterProblem;
  constructor(at: number, text: string) {
    super(text);
    this.problem = { at, text };
  }
}

const numberedColumns = ['ensemble_size', 'mask_seed'];
const evaluationColumns = [...numberedColumns, 'mode', 'split', 'aggregate'];

/**
 * Reads `p>=0.3 M=1,4 state:failed accuracy>0.9`: conditions that all hold, of training fields, evaluation fields,
 * metrics (by name, alias or heading), `trial` and `state`.
 */
export function readFilter(text: string, definition: SweepDefinition): TrialFilter | FilterProblem {
  try {
    return { text: text.trim(), conditions: conditionsOf(text, filterColumns(definition)) };
  } catch (error) {
    if (error instanceof Unreadable) return error.problem;
    throw error;
  }
}

/** The columns that can be filtered by, under every word for them. */
export function filterColumns(definition: SweepDefinition): ReadonlyMap<string, FilterColumn> {
  const columns = new Map<string, FilterColumn>();
  const add = (word: string | undefined, column: FilterColumn): void => {
    // A heading of two words cannot be typed as one.
    if (word !== undefined && !columns.has(word) && !/\s/.test(word)) columns.set(word, column);
  };
  add('trial', { of: 'trial', name: 'trial' });
  add('#', { of: 'trial', name: 'trial' });
  add('state', { of: 'state', name: 'state' });
  add('tag', { of: 'tag', name: 'tag' });
  const { method } = traitsOf(definition.trainer);
  const settings = method ? trainingFields : settingsOf(definition);
  for (const { name } of settings) add(name, { of: 'setting', name });
  if (method) {
    for (const name of evaluationColumns) add(name, { of: 'evaluation', name });
    add('M', { of: 'evaluation', name: 'ensemble_size' });
  }
  for (const { name } of metricsOf(definition)) add(name, { of: 'metric', name });
  for (const { name, alias, heading } of settings) {
    add(alias, { of: 'setting', name });
    add(heading, { of: 'setting', name });
  }
  for (const { name } of metricsOf(definition)) {
    const heading = headingOf(definition, name);
    add(heading, { of: 'metric', name });
    add(heading.toLowerCase(), { of: 'metric', name });
  }
  return columns;
}

/** Axes and constants of a program's sweep. */
function settingsOf({ space, training }: SweepDefinition): readonly Setting[] {
  return [...new Set([...Object.keys(space), ...Object.keys(training)])].map((name) => ({ name }));
}

interface Setting {
  readonly name: string;
  readonly alias?: string;
  readonly heading?: string;
}

function conditionsOf(text: string, columns: ReadonlyMap<string, FilterColumn>): readonly TrialCondition[] {
  const conditions: TrialCondition[] = [];
  const term = /\s*(?:(?<name>[^\s<>=!:]+)\s*(?<sign><=|>=|!=|[=:<>])?\s*(?<value>"[^"]*"|[^\s]+)?)/duy;
  while (text.slice(term.lastIndex).trim() !== '') {
    const from = term.lastIndex;
    const found = term.exec(text);
    const groups = found?.groups;
    const at = found?.indices?.groups;
    const name = groups?.['name'];
    if (found === null || groups === undefined || at === undefined || name === undefined) {
      const place = from + text.slice(from).search(/\S/) + 1;
      throw new Unreadable(place, 'a condition begins with a column, as in p>=0.3');
    }
    const nameAt = (at['name']?.[0] ?? from) + 1;
    const column = columns.get(name) ?? columns.get(name.toLowerCase());
    if (column === undefined) {
      throw new Unreadable(nameAt, `there is no column ${name}${nearest(name, [...columns.keys()])}`);
    }
    const sign = groups['sign'];
    const end = found.index + found[0].length + 1;
    if (sign === undefined) throw new Unreadable(nameAt + name.length, `${name} needs = != < <= > or >= and a value`);
    const value = groups['value'];
    if (value === undefined) throw new Unreadable(end, `${name}${sign} needs a value`);
    const valueAt = (at['value']?.[0] ?? from) + 1;
    conditions.push(conditionOf(column, sign === ':' ? '=' : comparisonOf(sign), value, valueAt));
  }
  return conditions;
}

/** What begins so, else what is spelt nearly so. */
function nearest(name: string, words: readonly string[]): string {
  const begun = words.find((word) => word.startsWith(name));
  return begun === undefined ? didYouMean(name, words) : `; did you mean ${begun}?`;
}

function comparisonOf(sign: string): Comparison {
  const known: readonly Comparison[] = ['=', '!=', '<', '<=', '>', '>='];
  const found = known.find((comparison) => comparison === sign);
  if (found === undefined) throw new RangeError(`no comparison: ${sign}`);
  return found;
}

function conditionOf(column: FilterColumn, comparison: Comparison, written: string, at: number): TrialCondition {
  const equality = comparison === '=' || comparison === '!=';
  if (column.of === 'state') {
    if (!equality) throw new Unreadable(at - comparison.length, `a state has no order: state${comparison}${written}`);
    return { column, comparison, values: pieces(written, at).flatMap(([word, place]) => statesOf(word, place)) };
  }
  if (column.of === 'tag') {
    if (!equality) throw new Unreadable(at - comparison.length, `tags have no order: tag${comparison}${written}`);
    return { column, comparison, values: pieces(written, at).map(([word]) => (word === 'none' ? null : word)) };
  }
  const values = pieces(written, at).map(([word, place]) => {
    const value = writtenValue(column, valueOf(word));
    const numeric = !equality || isNumber(column);
    const fits = typeof value === 'number' || (value === null && equality);
    if (numeric && !fits) throw new Unreadable(place, `${column.name} is a number, not ${word}`);
    return value;
  });
  if (!equality && values.length > 1) throw new Unreadable(at, `${column.name}${comparison} takes one number`);
  return { column, comparison, values };
}

/** A default that is not written down is none where it is looked for, as tables show it. */
function writtenValue({ of, name }: FilterColumn, value: FilterValue): FilterValue {
  const field = of === 'setting' ? trainingField(name) : null;
  return field?.unwritten !== undefined && field.default === value ? null : value;
}

function isNumber({ of, name }: FilterColumn): boolean {
  if (of === 'evaluation') return numberedColumns.includes(name);
  return of !== 'setting' || typeof trainingField(name)?.default === 'number';
}

/** The parts between commas, and where each begins. */
function pieces(written: string, at: number): readonly (readonly [word: string, at: number])[] {
  if (written.startsWith('"')) return [[written.slice(1, -1), at + 1]];
  let place = at;
  return written.split(',').map((word) => {
    const piece = [word, place] as const;
    if (word === '') throw new Unreadable(place, 'a value is missing');
    place += word.length + 1;
    return piece;
  });
}

function valueOf(word: string): FilterValue {
  if (word === 'none' || word === 'null') return null;
  if (word === 'true' || word === 'false') return word === 'true';
  const value = Number(word);
  return Number.isFinite(value) ? value : word;
}

function statesOf(word: string, at: number): readonly string[] {
  const states = Object.keys(rankByState);
  const named = word.toLowerCase();
  const found = stateWords[named] ?? states.filter((state) => state === named);
  if (found.length > 0) return found;
  const known = [...states, ...Object.keys(stateWords)];
  throw new Unreadable(at, `there is no state ${word}${didYouMean(word, known)}`);
}
