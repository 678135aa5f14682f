import { describe, expect, it } from 'vitest';
import { bestReport } from '../../src/report/tables/best-report.ts';
import { configurationScores, scoreValues } from '../../src/report/comparing/configuration-scores.ts';
import { differenceText } from '../../src/report/noise/format-interval.ts';
import { judge, rankScores, toldApart } from '../../src/report/comparing/judgement.ts';
import { Noise } from '../../src/report/noise/noise.ts';
import { renderReport } from '../../src/report/tables/render-report.ts';
import { holm } from '../../src/stats/holm.ts';
import { welchProbability } from '../../src/stats/welch.ts';
import { objective, rightUpTo, sweepOf } from './right-rows.ts';

describe('those that a winner is held against', () => {
  it('are all held to as many comparisons, also those that the seeds alone tell, and say no correction where none tells', () => {
    const { sweep } = sweepOf({ 0: [152, 168], 0.25: [170, 171], 0.5: [166, 167] });
    const ranked = rankScores(configurationScores(sweep.trials), objective);
    const [winner, second, third] = ranked;
    if (winner === undefined || second === undefined || third === undefined) throw new Error('three are ranked');
    const alone = [second, third].map((other) =>
      welchProbability(scoreValues(winner, 'accuracy'), scoreValues(other, 'accuracy')),
    );
    expect(toldApart(winner, [second, third], 'accuracy', null).map(({ probability }) => probability)).toEqual(
      holm(alone),
    );
    // Between 2.5 and 5 %: told apart by itself, and not among two.
    expect(alone[0]).toBeGreaterThan(0.025);
    expect(alone[0]).toBeLessThan(0.05);
    expect(judge(ranked, objective, 10, null).tied.has(second)).toBe(true);
    expect(judge(ranked, objective, 10, null).facts).toMatchObject({
      paired: false,
      comparisons: 2,
      correction: 'holm',
    });
    const agreeing = sweepOf({ 0: [120, 120], 0.25: [170, 170] }).sweep;
    const { facts, tied } = judge(rankScores(configurationScores(agreeing.trials), objective), objective, 10, null);
    expect(facts).toMatchObject({ comparisons: 0, correction: null });
    expect(tied.size).toBe(2);
    expect(bestReport(agreeing, objective, 10).after.join(' ')).toContain('nothing tells them apart');
  });

  it('tell of all that the winner was chosen of how much too good it looks, however many are shown', () => {
    const many = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [index / 20, [150 + index, 152 + index]] as const),
    );
    const { sweep, noise } = sweepOf(many);
    const told = [1, 3, 12].map((limit) =>
      bestReport(sweep, objective, limit, noise).after.find((text) => text.startsWith('Chosen')),
    );
    expect(told[0]).toMatch(
      /^Chosen as the best of 12 configurations, it looks better by about [\d.]+ points than it is\.$/,
    );
    expect(new Set(told).size).toBe(1);
    // A shorter table is held to the same comparisons.
    const compared = [1, 3, 10].map((limit) => bestReport(sweep, objective, limit, noise).facts['noise']);
    expect(compared[0]).toMatchObject({ comparisons: 10 });
    expect(compared[1]).toEqual(compared[0]);
    expect(compared[2]).toEqual(compared[0]);
    const some = new Noise(
      new Map(sweep.trials.slice(-8).map((row) => [row.trial, rightUpTo(200 * Number(row.metrics?.accuracy))])),
    );
    expect(bestReport(sweep, objective, 3, some).after.join(' ')).toContain('than it is, by 4 of them');
    expect(judge(rankScores(configurationScores(sweep.trials), objective), objective, 3, some).facts).toMatchObject({
      optimism_over: 4,
      chosen_of: 12,
    });
  });

  it('say that no row differs, not ±0, of two with the same outputs', () => {
    const { sweep, noise } = sweepOf({ 0: [150, 151], 0.25: [150, 151] });
    const text = renderReport(bestReport(sweep, objective, 10, noise), 'table', 200);
    expect(text).not.toContain('±0.0000');
    const [one, other] = configurationScores(sweep.trials);
    if (one === undefined || other === undefined) throw new Error('two are compared');
    const same = noise.compare(one, other, 'accuracy');
    expect(same).toMatchObject({ probability: 1, difference: { estimate: 0, lower: null, upper: null } });
    expect(differenceText(same?.difference ?? { estimate: 1, lower: null, upper: null })).toBe('no row differs');
  });
});
