import type { FilterValue } from '../store/trial-filter.ts';
import { formatQuantity, formatSetting } from './format-value.ts';
import type { SeriesTone } from './styled-line.ts';

/** A value that trials are told apart by in a drawing: with a glyph and a colour. */
export interface Category {
  readonly label: string;
  readonly glyph: string;
  readonly tone: SeriesTone;
}

export interface Categories {
  readonly all: readonly Category[];
  /** Place among all of a value's; −1: it has none. */
  placeOf(value: FilterValue): number;
}

const glyphs = ['●', '▲', '■', '◆', '✚', '✱'] as const;
const tones: readonly SeriesTone[] = ['series1', 'series2', 'series3', 'series4', 'series5', 'series6'];

/**
 * Each value by itself while there are few; of many numbers the quarters that they fall into, of many words the first.
 */
export function categoriesOf(values: readonly FilterValue[]): Categories {
  const distinct = [...new Set(values)].toSorted(compare);
  if (distinct.length <= glyphs.length) {
    return {
      all: distinct.map((value, place) => category(label(value), place)),
      placeOf: (value) => distinct.indexOf(value),
    };
  }
  const numbers = values.filter((value) => typeof value === 'number').toSorted((a, b) => a - b);
  if (numbers.length === 0) {
    const named = distinct.slice(0, glyphs.length - 1);
    const all = [...named.map(label), 'others'].map(category);
    return { all, placeOf: (value) => (named.includes(value) ? named.indexOf(value) : all.length - 1) };
  }
  const bounds = [...new Set([1, 2, 3].map((part) => numbers[Math.floor((part * (numbers.length - 1)) / 4)] ?? 0))];
  const labels = [...bounds.map((bound) => `≤${formatQuantity(bound)}`), `>${formatQuantity(bounds.at(-1) ?? 0)}`];
  return {
    all: labels.map(category),
    placeOf: (value) => {
      if (typeof value !== 'number') return -1;
      const place = bounds.findIndex((bound) => value <= bound);
      return place < 0 ? bounds.length : place;
    },
  };
}

function category(text: string, place: number): Category {
  return { label: text, glyph: glyphs[place] ?? '●', tone: tones[place] ?? 'series1' };
}

function label(value: FilterValue): string {
  return typeof value === 'boolean' ? String(value) : formatSetting(value);
}

function compare(a: FilterValue, b: FilterValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}
