import { describe, expect, it } from 'vitest';
import { axisEffects } from '../../src/report/noise/axis-effects.ts';
import { bestReport } from '../../src/report/tables/best-report.ts';
import { configurationScores } from '../../src/report/comparing/configuration-scores.ts';
import { rankScores } from '../../src/report/comparing/judgement.ts';
import { Noise } from '../../src/report/noise/noise.ts';
import { frontScores, paretoReport } from '../../src/report/tables/pareto-report.ts';
import { renderReport } from '../../src/report/tables/render-report.ts';
import { summarySection } from '../../src/report/sections/summary-section.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { metrics, snapshot, trial } from '../dashboard/sweep-fixture.ts';
import { materialOf } from './report-material.ts';
import { objective, rightUpTo } from './right-rows.ts';

/*
 * A sweep with `split: [dev, test]`: p 0.5 is the best on the dev rows, p 0.25 on the test rows, of which there are as many.
 * Whoever chose by the test rows would tell of a winner that is 0.95.
 */
const rows = 200;
const rights = { 0: { dev: 120, test: 118 }, 0.25: { dev: 150, test: 190 }, 0.5: { dev: 160, test: 140 } } as const;

const trials = Object.entries(rights).flatMap(([rate, bySplit], place) =>
  (['dev', 'test'] as const).flatMap((split, second) =>
    [0, 1].map((seed): TrialRow => {
      const base = trial(4 * place + 2 * second + seed + 1);
      return {
        ...base,
        configuration: { ...base.configuration, dropout_rate: Number(rate), seed },
        evaluation: { ...base.evaluation, dropout_rate: Number(rate), split },
        state: 'succeeded',
        metrics: metrics({ accuracy: (bySplit[split] + seed) / rows, ece: 0.1 - bySplit[split] / 4000 }),
        complexity: 1,
      };
    }),
  ),
);
const sweep = snapshot({ trials, state: 'completed' });
const outputs = new Map(
  trials.map((row) => [row.trial, rightUpTo(rows * Number(row.metrics?.accuracy), rows, row.evaluation.split)]),
);
const noise = new Noise(outputs);

describe('a sweep that was evaluated on dev and on test rows', () => {
  it.each([
    ['best', bestReport(sweep, objective, 10, noise)],
    ['pareto', paretoReport(sweep, noise)],
  ])('is ranked by the dev rows alone in %s, with the test rows beside them', (_, report) => {
    const { rows: found } = JSON.parse(renderReport(report, 'json', 0)) as { rows: Record<string, unknown>[] };
    expect(found.every(({ split }) => split === 'dev')).toBe(true);
    expect(found[0]).toMatchObject({ dropout_rate: 0.5, test_accuracy: expect.closeTo(0.7025, 9) });
    expect(found[0]?.['test_accuracy_lower']).toBeLessThan(0.7025);
    expect(renderReport(report, 'table', 200)).toMatch(/test accuracy/);
  });

  it('is chosen of on the dev rows wherever something is chosen', () => {
    const scores = configurationScores(trials);
    expect(rankScores(scores, objective).map(({ evaluation }) => evaluation.split)).toEqual(['dev', 'dev', 'dev']);
    expect(frontScores(sweep).rows.every(({ evaluation }) => evaluation.split === 'dev')).toBe(true);
    expect(bestReport(sweep, objective, 10, noise).after).toContain(
      'Ranked on the dev rows alone; what the test rows say stands beside them.',
    );
    const said = JSON.stringify(summarySection.build({ ...materialOf(1), snapshot: sweep, noise }));
    expect(said).toContain('Chosen on the dev rows; on the test rows it has 0.70');
    // The effect of p is that on the dev rows: 40 of 200 rows, whatever the test rows gain.
    const [ofRate] = axisEffects(sweep, 'accuracy', noise);
    expect(ofRate?.values.at(-1)).toMatchObject({ configurations: 1, pairs: 1 });
    expect(ofRate?.values.at(-1)?.difference?.mean).toBeCloseTo(0.2, 12);
  });

  it('of test rows alone is ranked by these, and has nothing beside them', () => {
    const tested = snapshot({ trials: trials.filter(({ evaluation }) => evaluation.split === 'test') });
    const report = bestReport(tested, objective, 10, noise);
    expect(report.rows[0]?.training.dropout_rate).toBe(0.25);
    expect(report.columns.some(({ name }) => name.startsWith('test_'))).toBe(false);
  });

  it('pairs no dev row with a test row, although there are as many', () => {
    const [devOfNone, testOfNone] = configurationScores(trials);
    if (devOfNone === undefined || testOfNone === undefined) throw new Error('p 0 was evaluated on both');
    expect(noise.compare(devOfNone, testOfNone, 'accuracy')).toBeNull();
    expect(noise.effect([[devOfNone, testOfNone]], 'accuracy')).toBeNull();
    expect(noise.optimism([devOfNone, testOfNone], objective)).toBeNull();
    const mixed = { ...devOfNone, trials: [...devOfNone.trials.slice(0, 1), ...testOfNone.trials.slice(1)] };
    expect(noise.interval(mixed, 'accuracy')).toBeNull();
  });
});
