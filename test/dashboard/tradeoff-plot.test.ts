import { describe, expect, it } from 'vitest';
import { plotCaption, tradeoffPlot } from '../../src/dashboard/charts/tradeoff-plot.ts';
import { tradeoff } from '../../src/dashboard/tradeoff.ts';
import { metrics, snapshot, trial } from './sweep-fixture.ts';

/** A sweep whose trials have these (accuracy, complexity) pairs. */
function sweepOf(points: readonly (readonly [accuracy: number, complexity: number | null])[]) {
  return snapshot({
    trials: points.map(([accuracy, complexity], index) =>
      trial(index + 1, { state: 'succeeded', metrics: metrics({ accuracy }), complexity }),
    ),
  });
}

function draw(points: readonly (readonly [number, number | null])[], width = 40, height = 10): string {
  const lines = tradeoffPlot(tradeoff(sweepOf(points)), width, height);
  return lines
    .map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

const collapsed: readonly (readonly [number, number])[] = [
  ...Array.from({ length: 20 }, (_, index) => [0.85 + 0.004 * (index % 11), 0.05 * (index + 1)] as const),
  [0.5, 0.4],
  [0.5, 0.7],
  [0.49, 0.9],
];

describe('trials that lie far off', () => {
  it('stand at the edge and are told, and do not squeeze the others', () => {
    const plot = draw(collapsed);
    expect(plot.split('\n')[0]).toContain('0.8900');
    expect(plot.split('\n')[7]).toMatch(/0\.8500 ┤.*↓.*↓/);
    const trade = tradeoff(sweepOf(collapsed));
    for (const width of [20, 34, 44, 60, 80, 120]) expect(plotCaption(trade, width)).toContain('3 below ↓');
  });

  it('are drawn in their place where they are many, few in all, or on the front', () => {
    const half = collapsed.map(([value, cost], index) => [index % 2 === 0 ? 0.5 : value, cost] as const);
    for (const points of [half, collapsed.slice(-7)]) expect(draw(points)).not.toContain('↓');
    expect(draw([...collapsed, [0.4, 0.01]])).toContain('0.4000');
  });
});

describe('the scatter of accuracy against complexity', () => {
  it('marks and joins the front, and counts trials that share a place', () => {
    const plot = draw([
      [0.7, 0.1],
      [0.7, 0.1],
      [0.8, 0.2],
      [0.75, 0.3],
      [0.75, 0.3],
      [0.75, 0.3],
      [0.9, 0.6],
      [0.5, 0.9],
      [0.5, 1],
    ]);
    expect(plot).toMatchInlineSnapshot(`
      " 0.9000 ┤                 *
              │                 ·
              │   *··············
              │   ·   3
              │*2··
              │
              │
       0.5000 ┤                           o  o
              └───────────────────────────────
               0.100     complexity →     1.00"
    `);
  });

  it('puts a single trial in the middle and labels its values', () => {
    expect(draw([[0.8125, 0.42]], 30, 7)).toMatchInlineSnapshot(`
      "        │
              │
       0.8125 ┤          *
              │
              │
              └─────────────────────
               complexity 0.420"
    `);
  });

  it('says when the front mixes numerics classes', () => {
    const sweep = sweepOf([
      [0.8, 0.1],
      [0.9, 0.2],
    ]);
    const trials = sweep.trials.map((row, index) => ({ ...row, numericsClass: `cpu-${index}` }));
    const mixed = tradeoff({ ...sweep, trials });
    expect(plotCaption(mixed, 60)).toContain('MIXED NUMERICS');
    expect(plotCaption(tradeoff(sweep), 60)).not.toContain('MIXED');
  });

  it('leaves out trials without complexity and says how many', () => {
    const trade = tradeoff(
      sweepOf([
        [0.8, 0.1],
        [0.9, null],
      ]),
    );
    expect(trade.points).toHaveLength(1);
    expect(trade.missing).toBe(1);
  });
});
