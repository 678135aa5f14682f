import { fitText, mergeSpans, span, type StyledLine, type Tone } from '../terminal/styled-line.ts';

/** One character of a plot. */
export interface Cell {
  readonly symbol: string;
  readonly tone: Tone;
}

/** The cells of a plot between its axes, above the line of its x axis's ends. */
export function plotFrame(
  cells: readonly (readonly Cell[])[],
  labels: { readonly of: (row: number) => string; readonly width: number },
  xAxis: StyledLine,
): readonly StyledLine[] {
  const columns = cells[0]?.length ?? 0;
  const lines = cells.map((row, index): StyledLine => {
    const label = labels.of(index);
    return [
      span(fitText(label, labels.width, 'right')),
      span(label === '' ? ' │' : ' ┤', 'faint'),
      ...mergeSpans(row.map(({ symbol, tone }) => span(symbol, tone))),
    ];
  });
  return [...lines, [span(`${' '.repeat(labels.width)} └${'─'.repeat(columns)}`, 'faint')], xAxis];
}
