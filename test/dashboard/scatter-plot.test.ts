import { describe, expect, it } from 'vitest';
import type { Category } from '../../src/dashboard/charts/categories.ts';
import { isSpread, type ScatterPoint, scatterPlot } from '../../src/dashboard/charts/scatter-plot.ts';
import { type PaintOptions, paintLine } from '../../src/dashboard/terminal/frame-painter.ts';
import { themes, toneStyles } from '../../src/dashboard/terminal/themes.ts';
import { frontTrials, tradeoff } from '../../src/dashboard/parts/tradeoff.ts';
import { tradeoffBlock, tradeoffCaption } from '../../src/dashboard/parts/tradeoff-block.ts';
import { noise } from './cockpit-trials.ts';
import { metrics, snapshot, trial } from './sweep-fixture.ts';

/** A sweep whose configurations have these scores, a seed each, and this complexity. */
function sweepOf(configurations: readonly (readonly [accuracies: readonly number[], complexity: number | null])[]) {
  let number = 0;
  const trials = configurations.flatMap(([accuracies, complexity], rank) =>
    accuracies.map((accuracy, seed) => {
      number += 1;
      const base = trial(number);
      const configuration = { ...base.configuration, rank: rank + 1, seed };
      return trial(number, { configuration, state: 'succeeded', metrics: metrics({ accuracy }), complexity });
    }),
  );
  const { definition } = snapshot();
  const objectives = [{ metric: 'accuracy', direction: 'maximize' as const }];
  return snapshot({ trials, definition: { ...definition, objectives } });
}

function draw(points: readonly (readonly [number, number])[], width = 40, height = 11): string {
  const trade = tradeoff(sweepOf(points.map(([accuracy, complexity]) => [[accuracy], complexity])));
  return tradeoffBlock(trade, width, height)
    .map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

describe('the front of a sweep', () => {
  it('is of configurations by their means over seeds: the luckiest seed wins nothing', () => {
    const lucky = sweepOf([
      [[0.95, 0.7, 0.7], 0.2],
      [[0.8, 0.82, 0.84], 0.2],
      [[0.9, 0.91], 0.9],
    ]);
    const { front, points } = tradeoff(lucky);
    expect(points).toHaveLength(3);
    expect(front.map(({ trial: first, x, y }) => [first, x, Number(y.toFixed(6))])).toEqual([
      [4, 0.2, 0.82],
      [7, 0.9, 0.905],
    ]);
    const [lower, upper] = front[0]?.interval ?? [0, 0];
    expect((lower + upper) / 2).toBeCloseTo(0.82, 9);
    // All seeds of what is on it, and none of what is not.
    expect(frontTrials(lucky)).toEqual(new Set([4, 5, 6, 7, 8]));
  });

  it('counts configurations without a complexity, and says when it mixes numerics classes', () => {
    const one = sweepOf([
      [[0.8], 0.1],
      [[0.9], null],
    ]);
    expect(tradeoff(one)).toMatchObject({ points: { length: 1 }, missing: 1 });
    const sweep = sweepOf([
      [[0.8], 0.1],
      [[0.9], 0.2],
    ]);
    const trials = sweep.trials.map((row, index) => ({ ...row, numericsClass: `cpu-${index}` }));
    expect(tradeoffCaption(tradeoff({ ...sweep, trials }), 60)).toContain('MIXED NUMERICS');
    expect(tradeoffCaption(tradeoff(sweep), 60)).not.toContain('MIXED');
  });

  it('is marked and joined', () => {
    const plot = draw([
      [0.7, 0.1],
      [0.8, 0.2],
      [0.75, 0.3],
      [0.9, 0.6],
      [0.5, 0.9],
      [0.5, 1],
    ]);
    expect(plot).toMatchInlineSnapshot(`
      "── accuracy by complexity ──────────────
       0.900 ┤                 ●
             │                 ·
             │   ●··············
             │   ·   ⠁
             │●···
             │
             │
       0.500 ┤                            ⡀  ⢀
             └────────────────────────────────
              0.100     complexity →      1.00"
    `);
  });
});

const collapsed: readonly (readonly [number, number])[] = [
  ...Array.from({ length: 20 }, (_, index) => [0.85 + 0.004 * (index % 11), 0.05 * (index + 1)] as const),
  [0.5, 0.4],
  [0.5, 0.7],
  [0.49, 0.9],
];

describe('configurations that lie far off', () => {
  it('are told at any width, and do not squeeze the others', () => {
    const [, ...plot] = draw(collapsed).split('\n');
    expect(plot[0]).toContain('0.890 ┤');
    expect(plot[7]).toContain('0.850 ┤');
    const trade = tradeoff(sweepOf(collapsed.map(([accuracy, complexity]) => [[accuracy], complexity])));
    for (const width of [20, 34, 44, 60, 80, 120]) expect(tradeoffCaption(trade, width)).toContain('3 below ↓');
  });

  it('are drawn in their place where they are many, few in all, or on the front', () => {
    const half = collapsed.map(([value, cost], index) => [index % 2 === 0 ? 0.5 : value, cost] as const);
    for (const points of [half, collapsed.slice(-7)]) expect(draw(points)).not.toContain('↓');
    expect(draw([...collapsed, [0.4, 0.01]])).toContain('0.400');
  });
});

const categories: readonly Category[] = [
  { label: '0', glyph: '●', tone: 'series1' },
  { label: '0.25', glyph: '▲', tone: 'series2' },
  { label: '0.5', glyph: '■', tone: 'series3' },
];
const axes = { front: [], cursor: -1, xName: 'x', logX: false, logY: false } as const;

/** Each category in a third of the height, from below. */
function bands(count: number): readonly ScatterPoint[] {
  return Array.from({ length: count }, (_, index) => {
    const category = index % 3;
    return { trial: index + 1, x: noise(index), y: category + 0.8 * noise(index, 7), category };
  });
}

describe('what tells points apart', () => {
  const plain: PaintOptions = { styles: toneStyles(themes.dark, 1), glyphs: 'unicode' };

  it.each([12, 299, 301, 2_000, 30_000])('is the glyph of the legend without any colour, with %i points', (count) => {
    const lines = scatterPlot({ ...axes, points: bands(count), categories }, 80, 26).map(
      (line) => paintLine(line, plain).text,
    );
    const signs = lines.slice(0, -2).map((line) => Array.from(line.slice(8)).filter((sign) => sign !== ' '));
    // By the third of the height that a row is in: one category each.
    const thirds = [signs.slice(0, 8), signs.slice(9, 15), signs.slice(17)].map((rows) => new Set(rows.flat()));
    expect(thirds.map((found) => [...found])).toEqual([['■'], ['▲'], ['●']]);
  });

  it('are dots, eight to a cell, where nothing is told apart', () => {
    const [line] = scatterPlot({ ...axes, points: bands(400), categories: [] }, 80, 26);
    expect(line?.map(({ text }) => text).join('')).toMatch(/[\u2801-\u28FF]/);
  });
});

describe('points that share an x', () => {
  const columns = (distinct: number, each: number): readonly ScatterPoint[] =>
    Array.from({ length: distinct * each }, (_, index) => ({
      trial: index + 1,
      x: index % distinct,
      y: noise(index),
      category: -1,
    }));
  const columnsDrawn = (points: readonly ScatterPoint[], width: number): number => {
    const lines = scatterPlot({ ...axes, points, categories: [] }, width, 40).slice(0, -2);
    const drawn = lines.flatMap((line) => {
      const text = line
        .map((piece) => piece.text)
        .join('')
        .slice(8);
      return Array.from(text).flatMap((sign, column) => (sign === ' ' ? [] : [column]));
    });
    return new Set(drawn).size;
  };

  it.each([2, 5, 12, 13, 15, 24])('are spread as far as the gap between %i columns allows', (distinct) => {
    const points = columns(distinct, 40);
    expect(isSpread({ ...axes, points }, 120)).toBe(true);
    expect(columnsDrawn(points, 120)).toBeGreaterThan(2 * distinct);
  });

  it('are spread where there is a gap, whatever others lie close together', () => {
    const close = columns(6, 40).map((point) => ({ ...point, x: point.x === 5 ? 4.001 : point.x }));
    expect(columnsDrawn(close, 120)).toBeGreaterThan(12);
  });

  it('stand in their columns where these have no gap, or no x is shared', () => {
    expect(isSpread({ ...axes, points: columns(300, 3) }, 120)).toBe(false);
    expect(isSpread({ ...axes, points: columns(20, 1) }, 120)).toBe(false);
  });
});
