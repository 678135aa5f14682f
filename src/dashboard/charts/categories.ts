import type { ColumnLevels } from '../../store/views/trials/column-levels.ts';
import type { FilterValue } from '../../store/views/trials/trial-filter.ts';
import { formatQuantity, formatSetting } from '../../metrics/values/format-value.ts';
import type { SeriesTone } from '../terminal/styled-line.ts';

/** A value that trials are told apart by in a drawing: with a glyph and a colour. */
export interface Category {
  readonly label: string;
  readonly glyph: string;
  readonly tone: SeriesTone;
}

const glyphs = ['●', '▲', '■', '◆', '✚', '✱'] as const;
const tones: readonly SeriesTone[] = ['series1', 'series2', 'series3', 'series4', 'series5', 'series6'];

/** Of each level, in their order. */
export function categoriesOf(levels: ColumnLevels): readonly Category[] {
  return labelsOf(levels).map(category);
}

/** The names of levels. */
export function labelsOf(levels: ColumnLevels): readonly string[] {
  if (levels.kind === 'each') return levels.values.map(label);
  if (levels.kind === 'first') return [...levels.values.map(label), 'others'];
  const { bounds } = levels;
  return [...bounds.map((bound) => `≤${formatQuantity(bound)}`), `>${formatQuantity(bounds.at(-1) ?? 0)}`];
}

function category(text: string, place: number): Category {
  return { label: text, glyph: glyphs[place] ?? '●', tone: tones[place] ?? 'series1' };
}

function label(value: FilterValue): string {
  return typeof value === 'boolean' ? String(value) : formatSetting(value);
}
