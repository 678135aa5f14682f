import { describe, expect, it } from 'vitest';
import { trialColumns } from '../../src/dashboard/tables/trial-columns.ts';
import { metrics as allMetrics } from '../../src/metrics/metrics.ts';
import { bestReport } from '../../src/report/tables/best-report.ts';
import { renderReport } from '../../src/report/tables/render-report.ts';
import { trialsReport } from '../../src/report/tables/trials-report.ts';
import { headingOf, rankingMetricsOf } from '../../src/tasks/task-metrics.ts';
import { metrics, snapshot, trial } from '../dashboard/sweep-fixture.ts';

/** Two configurations that have a value of every metric. */
const values = Object.fromEntries(allMetrics.map(({ name }, place) => [name, 0.1 + place / 1000]));
const trials = [1, 2].map((number) =>
  trial(number, {
    ...{ state: 'succeeded', complexity: 4, complexityEstimated: 3, trainSeconds: 2, trainableParameters: 100 },
    configuration: { ...trial(number).configuration, dropout_rate: number / 4, seed: 0 },
    metrics: metrics({ ...values, accuracy: 0.8 + number / 100 }),
  }),
);
const sweep = snapshot({ state: 'completed', trials, counts: { total: 2, succeeded: 2 } });
const ranking = rankingMetricsOf(sweep.definition);

function headingsOf(text: string): readonly string[] {
  const line = text.split('\n').find((one) => /(^| )p( |$)/.test(one)) ?? '';
  return line.trim().split(/ {2,}/);
}

describe('what rows are ranked by', () => {
  it('is any metric of the task, of which there are many', () => {
    expect(ranking.map(({ name }) => name)).toEqual(expect.arrayContaining(['ece_equal_mass', 'complexity']));
  });

  it.each(ranking.map(({ name }) => name))('has a column in `best`, however narrow the terminal: %s', (name) => {
    const [metric] = ranking.filter((one) => one.name === name);
    const report = bestReport(sweep, { metric: name, direction: metric?.direction ?? 'maximize' }, 10);
    const heading = headingOf(sweep.definition, name);
    for (const width of [40, 80, Number.POSITIVE_INFINITY])
      expect(headingsOf(renderReport(report, 'table', width))).toContain(heading);
    expect(report.after.join(' ')).toContain(`ranked by ${heading}`);
    expect(Object.keys(JSON.parse(renderReport(report, 'json', 80)).rows[0])).toContain(name);
  });

  it('is named where nothing that is scored has it', () => {
    const { ece_equal_mass: _, ...others } = values;
    const without = trials.map((one) => ({ ...one, metrics: metrics(others) }));
    const report = bestReport({ ...sweep, trials: without }, { metric: 'ece_equal_mass', direction: 'minimize' }, 10);
    expect(report.after).toEqual([`Nothing has a ${headingOf(sweep.definition, 'ece_equal_mass')} to rank by.`]);
  });

  it.each(['ece_equal_mass', 'complexity', 'brier'])('has a column in `show --sort` and in the cockpit: %s', (name) => {
    const sort = { by: 'metric', name, direction: 'minimize' } as const;
    const heading = headingOf(sweep.definition, name);
    for (const width of [60, 80, 200]) {
      const columns = trialColumns(sweep, width - 2, null, sort).shown;
      expect(columns.filter((column) => column.heading === heading)).toHaveLength(1);
      expect(columns.map((column) => column.heading)).toContain('state');
      expect(columns.reduce((sum, column) => sum + column.width + 1, -1)).toBeLessThanOrEqual(width - 2);
    }
    const shown = trialsReport({ ...sweep, page: { sort, offset: 0 } });
    expect(headingsOf(renderReport(shown, 'table', 60)).filter((one) => one === heading)).toHaveLength(1);
  });

  it('has a column where trials are filtered by it', () => {
    const text = 'ece_equal_mass<1';
    const column = { of: 'metric', name: 'ece_equal_mass' } as const;
    const filter = { text, conditions: [{ column, comparison: '<' as const, values: [1] }] };
    const page = { sort: { by: 'trial', name: '', direction: 'minimize' } as const, offset: 0, filter };
    const shown = headingsOf(renderReport(trialsReport({ ...sweep, page }), 'table', 200));
    expect(shown).toContain(headingOf(sweep.definition, 'ece_equal_mass'));
  });
});
