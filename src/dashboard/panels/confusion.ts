import stringWidth from 'string-width';
import type { ConfusionTable } from '../../metrics/parts/confusion-table.ts';
import { fitText, span, type StyledLine } from '../terminal/styled-line.ts';
import type { PanelsOf } from './panel.ts';

/** How often which label was predicted as which. */
export const confusionPanels: PanelsOf = ({ outputs }) => {
  const table = outputs?.confusion;
  if (table === undefined || table === null) return [];
  const { down, across } = table;
  const caption = across === '' ? `confusion by ${down}` : `confusion: ${down} down, ${across} across`;
  return [{ captions: [caption, 'confusion'], draw: (width, height) => confusionLines(table, width, height) }];
};

/** Counts are whole or not there: rows and columns that do not fit are counted. */
function confusionLines(table: ConfusionTable, width: number, height: number): readonly StyledLine[] {
  const names = Math.min(16, Math.max(...table.rows.map((name) => stringWidth(name)), table.down.length));
  const longest = Math.max(...table.columns.map((name) => stringWidth(name)));
  const counts = Math.max(...table.counts.flat().map((count) => String(count).length), 3);
  // Names of columns may be cut where all of them are then as wide as counts.
  const cell = Math.max(counts, Math.min(longest, Math.floor((width - names) / Math.max(1, table.columns.length)) - 1));
  const room = Math.max(1, Math.floor((width - names) / (cell + 1)));
  const columns = table.columns.slice(0, table.columns.length <= room ? room : Math.max(1, room - 1));
  const rows = table.rows.slice(0, table.rows.length <= height - 1 ? height - 1 : Math.max(1, height - 2));
  const hidden = table.columns.length - columns.length;
  const square = table.across !== '';
  const heading: StyledLine = [
    span(fitText('', names)),
    ...columns.map((name) => span(` ${fitText(name, cell, 'right')}`, 'heading')),
    span(hidden > 0 ? ` +${hidden}` : '', 'faint'),
  ];
  const lines = rows.map((name, row): StyledLine => {
    const own = table.counts[row] ?? [];
    return [
      span(fitText(name, names), 'heading'),
      ...columns.map((_, column) => {
        const count = own[column] ?? 0;
        const right = square ? column === row : column === 0;
        return span(` ${fitText(String(count), cell, 'right')}`, count === 0 ? 'faint' : right ? 'good' : 'plain');
      }),
    ];
  });
  const left = table.rows.length - rows.length;
  return [heading, ...lines, ...(left > 0 ? [[span(`and ${left} more`, 'faint')]] : [])];
}
