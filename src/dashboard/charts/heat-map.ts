import { cutLines } from '../terminal/cut-lines.ts';
import { fitText, span, type StyledLine, type Tone } from '../terminal/styled-line.ts';

export interface HeatCell {
  readonly mean: number;
}

export interface HeatMap {
  /** Names of the rows and of the columns. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** By row and column; null: nothing is there. */
  readonly cells: readonly (readonly (HeatCell | null)[])[];
  readonly format: (value: number) => string;
  readonly better: 'maximize' | 'minimize';
  readonly width: number;
  readonly height: number;
}

const shades = ['░', '▒', '▓', '█'] as const;

/** Numbers in a grid, a shade before each: the fuller the better; the best is marked `*`. Columns and rows that do not fit are counted. */
export function heatMap({ rows, columns, cells, format, better, width, height }: HeatMap): readonly StyledLine[] {
  const values = cells.flat().flatMap((cell) => (cell === null ? [] : [cell.mean]));
  if (values.length === 0) return [[span('nothing to draw yet', 'faint')]];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const best = better === 'maximize' ? high : low;
  const share = (value: number): number => {
    if (high === low) return 1;
    const up = (value - low) / (high - low);
    return better === 'maximize' ? up : 1 - up;
  };
  const names = Math.max(...rows.map(({ length }) => length));
  const cellWidth = Math.max(
    ...columns.map(({ length }) => length),
    ...values.map((value) => format(value).length + 3),
  );
  const shown = columns.slice(0, Math.max(1, Math.floor((width - names - 8) / (cellWidth + 1))));
  const left = columns.length - shown.length;
  const heading: StyledLine = [
    span(`${' '.repeat(names)}  ${shown.map((column) => fitText(column, cellWidth, 'right')).join(' ')}`, 'heading'),
    span(left > 0 ? ` +${left}` : '', 'faint'),
  ];
  const lines = rows.map(
    (row, index): StyledLine => [
      span(`${fitText(row, names, 'right')}  `, 'heading'),
      ...shown.flatMap((_, column) => {
        const mean = cells[index]?.[column]?.mean;
        if (mean === undefined) return [span(`${fitText('–', cellWidth, 'right')} `, 'faint')];
        const shade = shades[Math.min(3, Math.floor(4 * share(mean)))] ?? '░';
        const text = `${shade}${shade}${mean === best ? '*' : ' '}${format(mean)}`;
        return [span(`${fitText(text, cellWidth, 'right')} `, toneOf(share(mean)))];
      }),
    ],
  );
  return [heading, ...cutLines(lines, height - 1)];
}

function toneOf(share: number): Tone {
  if (share >= 0.75) return 'series3';
  return share >= 0.25 ? 'plain' : 'faint';
}
