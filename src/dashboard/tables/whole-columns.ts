import { fitText, span, type Span, type StyledLine } from '../terminal/styled-line.ts';
import { textWidth } from '../terminal/text-width.ts';

/** A column of a list, each as wide as its widest cell. */
export interface WholeColumn<Row> {
  readonly heading: string;
  readonly align: 'left' | 'right';
  /** Columns of a higher number are left out first where the frame is narrow. */
  readonly importance: number;
  readonly cell: (row: Row) => Span;
}

/** Headings and rows of the columns that fit into `width`: a column is left out whole, a cell is never cut. */
export function wholeColumns<Row>(
  columns: readonly WholeColumn<Row>[],
  rows: readonly Row[],
  width: number,
): { readonly headings: Span; readonly lines: readonly StyledLine[] } {
  const sized = columns.map((column) => ({
    ...column,
    width: Math.max(textWidth(column.heading), ...rows.map((row) => textWidth(column.cell(row).text))),
  }));
  let kept = sized;
  while (kept.length > 1 && kept.reduce((sum, column) => sum + column.width + 1, -1) > width) {
    const worst = Math.max(...kept.map(({ importance }) => importance));
    const last = kept.findLastIndex(({ importance }) => importance === worst);
    kept = kept.filter((_, index) => index !== last);
  }
  const headings = kept.map((column) => fitText(column.heading, column.width, column.align)).join(' ');
  const lines = rows.map((row) =>
    kept.flatMap((column, index) => {
      const { text, tone } = column.cell(row);
      return [span(index === 0 ? '' : ' '), span(fitText(text, column.width, column.align), tone)];
    }),
  );
  return { headings: span(headings, 'heading'), lines };
}
