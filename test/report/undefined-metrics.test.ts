import { describe, expect, it } from 'vitest';
import { frontTrials, tradeoff } from '../../src/dashboard/parts/tradeoff.ts';
import { orderTrials, sortKeys } from '../../src/dashboard/tables/trial-order.ts';
import { trialColumns } from '../../src/dashboard/tables/trial-columns.ts';
import { bestReport } from '../../src/report/tables/best-report.ts';
import { compareReport } from '../../src/report/tables/compare-report.ts';
import { paretoReport } from '../../src/report/tables/pareto-report.ts';
import { renderReport } from '../../src/report/tables/render-report.ts';
import { trialsReport } from '../../src/report/tables/trials-report.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { metrics, snapshot, trial } from '../dashboard/sweep-fixture.ts';

/*
 * A regression that learns nothing predicts one number for every row: the correlation with the targets is undefined.
 * Ranked as NaN it came first in some orders, and last in others. Trial 1 has such predictions and the least complexity;
 * of trials 2 and 3, repeats of one configuration, the third has them too, and the second would be the best of all.
 */
const pearson = { metric: 'pearson', direction: 'maximize' } as const;

function scored(number: number, rate: number, value: number | null, complexity: number, seed = 0): TrialRow {
  const base = trial(number);
  return trial(number, {
    state: 'succeeded',
    configuration: { ...base.configuration, dropout_rate: rate, seed },
    evaluation: { ...base.evaluation, dropout_rate: rate },
    metrics: metrics({ accuracy: null, f1: null, matthews: null, brier: null, ece: null, pearson: value }),
    complexity,
  });
}

const constant = scored(1, 0.1, null, 1);
const trials = [
  constant,
  scored(2, 0.2, 0.95, 5),
  scored(3, 0.2, null, 5, 1),
  scored(4, 0.3, 0.4, 7),
  scored(5, 0.4, 0.6, 6),
];
const { definition: classes } = snapshot({});
const task: SweepDefinition['task'] = { ...classes.task, kind: 'text-regression' };
const sweep = snapshot({
  state: 'completed',
  trials,
  definition: { ...classes, task, objectives: [pearson, { metric: 'loss', direction: 'minimize' }] },
});

describe('a metric that is undefined', () => {
  it('is never best, nor makes its configuration so by the repeats that have it', () => {
    const report = bestReport(sweep, pearson, 10);
    expect(report.rows.map(({ training }) => training.dropout_rate)).toEqual([0.4, 0.3]);
    expect(report.after.at(-1)).toBe(
      "2 configurations are not ranked: Pearson is undefined of some seed's predictions (none).",
    );
  });

  it('is said where nothing else is there', () => {
    const report = bestReport({ ...sweep, trials: [constant] }, pearson, 10);
    expect(report.rows).toEqual([]);
    expect(report.after[0]).toBe('Nothing has a Pearson to rank by.');
  });

  it('is on no front, of configurations or of trials', () => {
    const report = paretoReport(sweep);
    expect(report.rows.map(({ training }) => training.dropout_rate)).toEqual([0.4]);
    expect(report.after).toContain('2 of the scored are on no front: a metric of theirs is undefined (none).');
    expect(tradeoff(sweep).front.map((point) => point.trial)).toEqual([5]);
    expect(frontTrials(sweep)).toEqual(new Set([5]));
  });

  it('leaves nothing on the front where every configuration lacks it, least of all those that are not scored', () => {
    const pruned = { ...scored(6, 0.5, null, 0.5), state: 'pruned', metrics: null } as const;
    const report = paretoReport({ ...sweep, trials: [constant, pruned] });
    expect(report.rows).toEqual([]);
    expect(report.before.at(-1)).toBe('Pareto front over Pearson, MSE, complexity: 0 of 1 scored configurations.');
    const front = paretoReport({ ...sweep, trials: [...trials, pruned] });
    expect(front.rows.map(({ training }) => training.dropout_rate)).toEqual([0.4]);
  });

  it('shows as none, and is null in JSON and empty in CSV', () => {
    const show = trialsReport(sweep);
    const [, ...lines] = renderReport(show, 'table', 200)
      .split('\n')
      .filter((line) => / succeeded /.test(line) || /Pearson/.test(line));
    expect(lines[0]).toContain('none');
    expect(lines[1]).not.toContain('none');
    const parsed: unknown = JSON.parse(renderReport(show, 'json', 80));
    expect(parsed).toMatchObject({ rows: [{ pearson: null }, { pearson: 0.95 }, { pearson: null }, {}, {}] });
    const heading = renderReport(show, 'csv', 80).split('\n')[0]?.split(',') ?? [];
    const cells = renderReport(show, 'csv', 80).split('\n')[1]?.split(',') ?? [];
    expect(cells[heading.indexOf('pearson')]).toBe('');
    const compared = renderReport(compareReport(sweep, trials.slice(0, 2)), 'table', 120);
    expect(compared.split('\n').find((line) => line.includes('Pearson'))).toMatch(/Pearson +none +0\.9500/);
  });

  it('comes last where the dashboard sorts by it, and shows as none there', () => {
    const [key] = sortKeys(sweep);
    expect(key?.label).toBe('Pearson');
    if (key === undefined) return;
    expect(orderTrials(trials, key).map((row) => row.trial)).toEqual([2, 5, 4, 1, 3]);
    const column = trialColumns(sweep, 120).shown.find(({ heading }) => heading === 'Pearson');
    expect(column?.text(constant)).toBe('none');
  });
});

describe('a task’s loss', () => {
  it('has the task’s word for it above every column', () => {
    const headings = (report: {
      readonly columns: readonly { readonly name: string; readonly heading: string | null }[];
    }) => report.columns.find(({ name }) => name === 'loss')?.heading;
    const reports = [trialsReport(sweep), bestReport(sweep, pearson, 3), paretoReport(sweep)];
    expect(reports.map(headings)).toEqual(['MSE', 'MSE', 'MSE']);
    expect(trialColumns(sweep, 120).shown.map(({ heading }) => heading)).toContain('MSE');
    expect(renderReport(compareReport(sweep, trials), 'table', 160)).toMatch(/^MSE /m);
    const ofClasses = {
      ...sweep,
      definition: { ...classes, objectives: [{ metric: 'accuracy', direction: 'maximize' } as const] },
    };
    expect(headings(trialsReport(ofClasses))).toBe('NLL');
    expect(bestReport(sweep, { metric: 'loss', direction: 'minimize' }, 3).after[0]).toContain('ranked by MSE');
  });
});
