import { formatNumber } from '../../metrics/values/format-number.ts';
import type { Cell, Figure, Table } from '../document/document.ts';

/** The numbers that a figure draws: what stands in its place where nothing is drawn. */
export function chartTable({ name, caption, chart }: Figure): Table {
  const bounded = chart.series.some(({ points }) => points.some(({ lower }) => typeof lower === 'number'));
  const rows = chart.series.flatMap((series) =>
    series.points.map(({ x, y, lower, upper }): readonly Cell[] => [
      { text: series.name, value: series.name },
      typeof x === 'number' ? numberCell(x) : { text: x, value: x },
      numberCell(y),
      ...(bounded ? [numberCell(lower ?? null), numberCell(upper ?? null)] : []),
    ]),
  );
  return {
    kind: 'table',
    name: `${name}-numbers`,
    caption: `The numbers of the figure: ${caption}`,
    columns: [
      { name: 'series', heading: 'series', align: 'left' },
      { name: 'x', heading: chart.x.label, align: 'right' },
      { name: 'y', heading: chart.y.label, align: 'right' },
      ...(bounded
        ? ([
            { name: 'lower', heading: '95 % from', align: 'right' },
            { name: 'upper', heading: '95 % to', align: 'right' },
          ] as const)
        : []),
    ],
    rows,
  };
}

/** Points beyond which nobody reads a figure's numbers: of a curve with hundreds of steps the export has them all. */
const mostNumbers = 240;

export function areNumbersShown({ chart }: Figure): boolean {
  return chart.series.reduce((sum, { points }) => sum + points.length, 0) <= mostNumbers;
}

function numberCell(value: number | null): Cell {
  const isCount = value !== null && Number.isSafeInteger(value) && Math.abs(value) < 1e6;
  return { text: value === null ? '–' : isCount ? String(value) : formatNumber(value), value };
}
