import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { formatSetting } from '../../src/metrics/values/format-value.ts';
import { trialColumns } from '../../src/dashboard/tables/trial-columns.ts';
import { trialTable, type TrialTableView } from '../../src/dashboard/tables/trial-table.ts';
import { tradeoffBlock } from '../../src/dashboard/parts/tradeoff-block.ts';
import type { Tradeoff } from '../../src/dashboard/parts/tradeoff.ts';
import { metrics, snapshot, trial } from './sweep-fixture.ts';

const widths = Array.from({ length: 300 - 40 + 1 }, (_, index) => 40 + index);

/** What random searches give: exponents, long seeds, trials in the ten thousands. */
const rows = [3.289e-5, 1.5e-6, 2.25e-6, 6.872e-4].map((value, index) => {
  const row = trial(9_999 + index);
  return {
    ...row,
    configuration: {
      ...row.configuration,
      sparsity: value,
      learning_rate: value * 1.1,
      seed: 20_240_101 + index,
      dropout_rate: 0.0625,
    },
    metrics: metrics({ loss: 123_456.789, accuracy: 0.12345 }),
    complexity: 22.4001 + index / 1e5,
  };
});
const sweep = snapshot({
  trials: rows,
  trialCount: 10_000,
  definition: {
    ...snapshot().definition,
    space: { sparsity: [1, 2], learning_rate: [1, 2], seed: [1, 2], dropout_rate: [0, 1] },
  },
});

describe('a value in the table of trials', () => {
  it('is never cut so that it reads as another, at any width: a column that does not fit is left out', () => {
    for (const width of widths) {
      const columns = trialColumns(sweep, width - 2).shown;
      const lines = trialTable(
        sweep,
        { sort: 0, columns: null, marked: [], filter: null, offset: 0, selected: 0 },
        new Set(),
        width,
        12,
      ).slice(1);
      for (const line of lines) {
        const text = line.map((piece) => piece.text).join('');
        expect(text).not.toContain('…');
        expect(stringWidth(text)).toBeLessThanOrEqual(width);
      }
      for (const column of columns) {
        for (const row of rows) expect(stringWidth(column.text(row))).toBeLessThanOrEqual(column.width);
      }
    }
    expect(trialColumns(sweep, 298).shown.map(({ heading }) => heading)).toEqual(
      expect.arrayContaining(['#', 'λ', 'seed', 'lr', 'complexity']),
    );
  });

  it('is of a setting that varies before a second metric is shown, and what has no room is named', () => {
    const space = { ...sweep.definition.space, rank: [4, 8], alpha: [8, 16] };
    const varied = { ...sweep, definition: { ...sweep.definition, space } };
    const view = { sort: 0, columns: null, marked: [], filter: null, offset: 0, selected: 0 };
    const told = (width: number) =>
      trialTable(varied, view, new Set(), width, 12)
        .slice(0, 2)
        .map((line) => line.map((piece) => piece.text).join(''));
    const [wide, headings] = told(100);
    expect(headings).toMatch(/lr .*rank .*alpha/);
    expect(headings).not.toContain('complexity');
    expect(wide).not.toContain('no room');
    const [narrow] = told(60);
    expect(narrow).toContain('(no room for ');
  });

  it('is among trials whose title says how many there are and which of them these are', () => {
    const sort = { by: 'setting', name: 'dropout_rate', direction: 'minimize' } as const;
    const page = { ...sweep, page: { sort, offset: 5_000 } };
    const caption = (view: TrialTableView) =>
      (trialTable(page, view, new Set(), 120, 4)[0] ?? []).map(({ text }) => text).join('');
    expect(caption({ sort: 0, columns: null, marked: [], filter: null, offset: 5_001, selected: 0 })).toContain(
      'trials 5002–5003 of 10000 by dropout_rate ',
    );
    // The page that was asked for is not there yet: what is shown is said.
    expect(caption({ sort: 0, columns: null, marked: [], filter: null, offset: 0, selected: 0 })).toContain(
      'trials 5001–5002 of 10000 by dropout_rate ',
    );
    expect(caption({ sort: 0, columns: null, marked: [], filter: null, offset: 9_000, selected: 0 })).toContain(
      'trials 5003–5004 of 10000 by dropout_rate ',
    );
  });
});

describe('the ends of an axis', () => {
  it('never read the same where they are not', () => {
    const point = (x: number, y: number, trial: number) => ({ trial, x, y, category: -1 });
    const points = [point(22.4001, 0.91231, 1), point(22.4009, 0.91233, 2)];
    const trade: Tradeoff = { heading: 'accuracy', points, front: points, missing: 0, mixedNumerics: false };
    for (const width of widths) {
      const [, ...lines] = tradeoffBlock(trade, width, 13).map((line) => line.map((piece) => piece.text).join(''));
      expect(lines.join('\n')).not.toContain('…');
      const [low, high] = (lines.at(-1) ?? '').match(/\d[\d.]*/g) ?? [];
      expect([low, high]).toEqual(['22.400', '22.401']);
      expect(lines[0]).toMatch(/^0\.91233 ┤/);
      expect(lines.at(-3)).toMatch(/^0\.91231 ┤/);
    }
  });
});

it.each<[number | string | null, string]>([
  [20_240_101, '20240101'],
  [2 ** 53 - 1, '9007199254740991'],
  [3.289e-5, '3.289e-5'],
  [1e30, '1e30'],
  [2_500_000.5, '2.5000005e6'],
  [0.0012, '0.0012'],
  [0, '0'],
  [null, 'none'],
])('a setting stands as its author wrote it: %j as %s', (value, text) => {
  expect(formatSetting(value)).toBe(text);
});
