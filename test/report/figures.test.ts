import { describe, expect, it } from 'vitest';
import { drawChart } from '../../src/report/charts/draw-chart.ts';
import { renderSvg } from '../../src/report/charts/render-svg.ts';
import type { Chart } from '../../src/report/charts/chart.ts';
import { renderMarkdown } from '../../src/report/document/render-markdown.ts';

describe('a figure', () => {
  const chart = (change: Partial<Chart>): string =>
    renderSvg(
      drawChart({
        caption: 'c',
        chart: {
          description: 'd',
          x: { label: 'x', scale: 'linear' },
          y: { label: 'y', scale: 'linear' },
          series: [{ name: 's', marks: 'line with points', points: [{ x: 1, y: 2 }] }],
          ...change,
        },
      }),
      'f',
    );

  it('has no halves between what is counted', () => {
    const sizes = [1, 2, 4].map((x) => ({ x, y: x / 10 }));
    const svg = chart({ series: [{ name: 's', marks: 'line', points: sizes }] });
    expect(
      [...svg.matchAll(/>(\d+(?:\.\d+)?)</g)].map(([, text]) => text).filter((text) => text?.length === 1),
    ).toEqual(expect.arrayContaining(['1', '2', '3', '4']));
    expect(svg).not.toMatch(/>[1-4]\.[05]</);
  });

  it('of more points than anybody reads has its description alone in Markdown', () => {
    const curve = {
      kind: 'figure' as const,
      name: 'f',
      caption: 'A curve',
      chart: {
        description: 'It falls.',
        x: { label: 'x', scale: 'linear' as const },
        y: { label: 'y', scale: 'linear' as const },
        series: [{ name: 's', marks: 'line' as const, points: Array.from({ length: 300 }, (_, x) => ({ x, y: 1 })) }],
      },
    };
    const written = renderMarkdown({
      title: 't',
      subtitle: '',
      sections: [{ id: 'a', heading: 'h', blocks: [curve] }],
    });
    expect(written).toContain('**A curve**: It falls.');
    expect(written).not.toContain('|');
  });

  it('is drawn of a single point, of equal values, of none, and of what a log scale has no place for', () => {
    const log = { label: 'x', scale: 'log' } as const;
    const points = [
      { x: 0, y: 1 },
      { x: 10, y: 1, lower: null, upper: null },
    ];
    const drawn = [
      chart({}),
      chart({ series: [] }),
      chart({ x: log, series: [{ name: 's', marks: 'line', points }] }),
      chart({ series: [{ name: 's', marks: 'bars', points: [{ x: 1, y: -3 }] }] }),
    ];
    for (const svg of drawn) expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const rounding = [0.72, 0.72 + 1e-16].map((y, x) => ({ x, y, lower: y - 1e-15, upper: y + 1e-15 }));
    expect(chart({ series: [{ name: 's', marks: 'line', points: rounding }] })).not.toMatch(/>0\.7\d{4,}</);
  });

  it('tells its series by shape and dashes, not by colour alone', () => {
    const points = [
      { x: 1, y: 1 },
      { x: 2, y: 3 },
    ];
    const series = ['a', 'b', 'c'].map((name) => ({ name, marks: 'line with points' as const, points }));
    const svg = chart({ series });
    const dashes = [...svg.matchAll(/stroke-width="1\.8"( stroke-dasharray="[^"]*")?/g)].map(([, dash]) => dash ?? '');
    expect(new Set(dashes).size).toBe(3);
  });
});
