import { describe, expect, it } from 'vitest';
import type { RowScores } from '../../src/evaluate/row-scores.ts';
import { noiseIntervals } from '../../src/cli/reading/noise-intervals.ts';
import { axisEffects } from '../../src/report/noise/axis-effects.ts';
import { configurationScores, scoreInterval } from '../../src/report/comparing/configuration-scores.ts';
import { bestReport } from '../../src/report/tables/best-report.ts';
import { formatInterval } from '../../src/report/noise/format-interval.ts';
import { Noise } from '../../src/report/noise/noise.ts';
import { renderReport } from '../../src/report/tables/render-report.ts';
import { objective, rightUpTo, sweepOf } from './right-rows.ts';

describe('the best configurations with the noise of seeds and rows', () => {
  it('have an interval where two seeds agree, and are told from what is far', () => {
    const { sweep, noise } = sweepOf({ 0: [120, 120], 0.25: [170, 170], 0.5: [168, 169] });
    const text = renderReport(bestReport(sweep, objective, 10, noise), 'table', 200);
    expect(text).not.toContain('±0 ');
    expect(text).toMatch(/0\.850 ±0\.05/);
    expect(text).toContain(
      '≈ The winner is within noise of 1 of the 2 others compared (paired on seeds and rows, Holm',
    );
    expect(text).toMatch(
      /Better than LoRA without dropout: \+25\.0 points accuracy, 95 % \+1\d\.\d to \+3\d\.\d, 2 comparisons\./,
    );
    expect(text).toMatch(/it looks better by about 0\.[12]\d* points than it is/);
    const facts: { rows: { within_noise_of_best: boolean }[] } = JSON.parse(
      renderReport(bestReport(sweep, objective, 10, noise), 'json', 0),
    );
    expect(facts.rows.map((row) => row.within_noise_of_best)).toEqual([true, true, false]);
  });

  it('have an interval of a further set by its own rows, and none where its outputs are not there', () => {
    const { sweep } = sweepOf({ 0: [120, 120] });
    const [score] = configurationScores(sweep.trials);
    if (score === undefined) throw new Error('the sweep has a configuration');
    const own = rightUpTo(120);
    const beside = { ...own, sets: new Map([['shift', rightUpTo(300, 1000)]]) };
    const noise = new Noise(new Map(score.trials.map(({ trial: number }) => [number, beside])));
    expect(noise.interval(score, 'shift.accuracy')).toMatchObject({ estimate: 0.3, rows: 1000 });
    expect(noise.interval(score, 'accuracy')).toMatchObject({ estimate: 0.6, rows: 200 });
    expect(noise.interval(score, 'other.accuracy')).toBeNull();
    expect(
      new Noise(new Map(score.trials.map(({ trial: number }) => [number, own]))).interval(score, 'shift.accuracy'),
    ).toBeNull();
  });

  it('say what their intervals are of where there is nothing to compare with', () => {
    const { sweep, noise } = sweepOf({ 0: [120, 121] });
    expect(renderReport(bestReport(sweep, objective, 10, noise), 'table', 200)).toContain(
      'intervals over seeds and rows (bootstrap); ranked by accuracy.',
    );
    const two = sweepOf({ 0: [120, 121], 0.5: [170, 171] });
    const half = new Noise(new Map([1, 2].map((number) => [number, rightUpTo(120)])));
    const text = renderReport(bestReport(two.sweep, objective, 10, half), 'table', 200);
    expect(text).toContain('over seeds and rows (bootstrap), of 1 over seeds alone (Student), whose rows’ outputs');
  });

  it('fall back to the seeds alone where the outputs are not there, and say so', () => {
    const { sweep } = sweepOf({ 0: [120, 121], 0.5: [170, 171] });
    const text = renderReport(bestReport(sweep, objective, 10, null), 'table', 200);
    expect(text).toContain('95 % intervals (Student)');
    expect(text).toContain('Welch’s test of the seeds');
  });
});

describe('an interval', () => {
  const [score] = configurationScores(sweepOf({ 0: [200, 200] }).sweep.trials);
  const noiseOf = (...right: readonly RowScores[]) => new Noise(new Map(right.map((rows, at) => [at + 1, rows])));

  it('of a share without an error in its rows is not ±0', () => {
    if (score === undefined) throw new Error('the sweep has a configuration');
    // scipy.stats.binomtest(200, 200).proportion_ci(method='exact').low, and (0, 200).high
    const all = noiseOf(rightUpTo(200), rightUpTo(200)).interval(score, 'accuracy');
    expect(all).toMatchObject({ estimate: 1, lower: expect.closeTo(0.98172465964, 9), upper: 1 });
    const none = noiseOf(rightUpTo(0), rightUpTo(0)).interval(score, 'accuracy');
    expect(none).toMatchObject({ estimate: 0, lower: 0, upper: expect.closeTo(0.01827534036, 9) });
  });

  it('goes no further than its metric does, over seeds and rows or over seeds alone', () => {
    if (score === undefined) throw new Error('the sweep has a configuration');
    const { lower, upper } = noiseOf(rightUpTo(199), rightUpTo(198)).interval(score, 'accuracy') ?? {};
    expect(lower).toBeGreaterThan(0.95);
    expect(upper).toBe(1);
    const { sweep } = sweepOf({ 0: [199, 150] });
    expect(configurationScores(sweep.trials).map((one) => scoreInterval(one, 'accuracy'))).toMatchObject([
      { lower: 0, upper: 1 },
    ]);
    expect(formatInterval('accuracy', { mean: 0.9925, lower: lower ?? null, upper: 1 })).toMatch(
      /^0\.99\d+ \(0\.97\d* to 1\.0*\)$/,
    );
  });

  it('is of the repeats that were scored, where a race or a budget left some out', () => {
    const { sweep, noise } = sweepOf({ 0: [120, 130], 0.25: [170, 176] });
    const left = sweep.trials.map((row) => (row.trial === 4 ? { ...row, metrics: null } : row));
    const [full, part] = configurationScores(left);
    if (full === undefined || part === undefined) throw new Error('the sweep has two configurations');
    expect(noise.interval(part, 'accuracy')).toMatchObject({ estimate: 0.85, seeds: 1 });
    // One seed in common tells nothing of the other that the first has: they are not compared by rows alone.
    expect(noise.compare(full, part, 'accuracy')).toBeNull();
    const alike = left.map((row) => (row.trial === 2 ? { ...row, metrics: null } : row));
    const [one, other] = configurationScores(alike);
    if (one === undefined || other === undefined) throw new Error('the sweep has two configurations');
    expect(noise.compare(one, other, 'accuracy')?.difference.estimate).toBeCloseTo(-0.25, 12);
  });

  it('of an effect on a loss over tokens counts rows by their tokens', () => {
    const { sweep } = sweepOf({ 0: [120, 120], 0.25: [170, 170] });
    const weights = Float64Array.from({ length: 200 }, (_, row) => (row < 150 ? 1 : 5));
    const weighed = (own: Float64Array) =>
      new Noise(
        new Map([120, 120, 170, 170].map((right, at) => [at + 1, { ...rightUpTo(right), weights: () => own }])),
      );
    const effect = (noise: Noise) => axisEffects(sweep, 'accuracy', noise)[0]?.values[1];
    // 30 rows of weight 1 and 20 of weight 5, of 400 together.
    expect(effect(weighed(weights))?.difference?.mean).toBeCloseTo(130 / 400, 12);
    // Rows that do not count alike in all trials cannot be paired.
    const mixed = new Noise(
      new Map(
        [120, 120, 170, 170].map((right, at) => [
          at + 1,
          at < 2 ? rightUpTo(right) : { ...rightUpTo(right), weights: () => weights },
        ]),
      ),
    );
    expect(effect(mixed)).toMatchObject({ over: 'seeds' });
  });
});

describe('the intervals that a dashboard asks for', () => {
  const outputs = new Map([120, 124, 170, 172].map((right, at) => [at + 1, rightUpTo(right)]));

  /** @returns the source, and which trials' outputs it read, one array a reading */
  function source(trainer: 'onnx' | 'simulated' = 'onnx') {
    const read: (readonly number[])[] = [];
    const intervals = noiseIntervals({
      trainer: () => Promise.resolve(trainer),
      scores: (_, trials) => {
        read.push(trials);
        return Promise.resolve(new Map([...outputs].filter(([trial]) => trials.includes(trial))));
      },
    });
    return { read, intervals };
  }
  const groups = [
    { trials: [1, 2], mean: 0.61 },
    { trials: [3], mean: 0.85 },
    { trials: [5], mean: 0.5 },
  ];

  it('are those of reports, say what they are over, and are worked out once', async () => {
    const { read, intervals } = source();
    expect(await intervals('sweep', groups, 'accuracy', 'known')).toEqual([null, null, null]);
    expect(read).toEqual([]);
    const found = await intervals('sweep', groups, 'accuracy', 'all');
    const [one] = configurationScores(sweepOf({ 0: [120, 124] }).sweep.trials);
    const reported = one === undefined ? null : new Noise(outputs).interval(one, 'accuracy');
    expect(found).toMatchObject([
      { lower: reported?.lower, upper: reported?.upper, over: 'seeds and rows' },
      { over: 'rows' },
      null,
    ]);
    expect(await intervals('sweep', groups, 'accuracy', 'known')).toEqual(found);
    await intervals('sweep', groups, 'accuracy', 'all');
    expect(read.flat().filter((trial) => trial < 5)).toEqual([1, 2, 3]);
  });

  it('are none where the outputs do not give the mean that is shown, nor of another trainer', async () => {
    const { intervals } = source();
    expect(await intervals('sweep', [{ trials: [1, 2], mean: 0.7 }], 'accuracy', 'all')).toEqual([null]);
    const simulated = source('simulated');
    expect(await simulated.intervals('sweep', groups, 'accuracy', 'all')).toEqual([null, null, null]);
    expect(simulated.read).toEqual([]);
  });
});

describe('the effect of a setting with the noise of seeds and rows', () => {
  it('has an interval where the seeds agree, which they alone would make nothing of', () => {
    const { sweep, noise } = sweepOf({ 0: [120, 120], 0.25: [170, 170] });
    const of = (given: Noise | null) =>
      axisEffects(sweep, 'accuracy', given).find(({ name }) => name === 'dropout_rate')?.values[1];
    const alone = of(null);
    expect(alone).toMatchObject({ over: 'seeds', pairs: 1 });
    expect(alone?.difference).toMatchObject({ mean: expect.closeTo(0.25, 9), lower: null, upper: null });
    const both = of(noise);
    expect(both).toMatchObject({ over: 'seeds and rows', pairs: 1 });
    const { mean, lower, upper } = both?.difference ?? { mean: 0, lower: null, upper: null };
    expect(mean).toBeCloseTo(0.25, 12);
    // A quarter of 200 rows differ: √(0.25 · 0.75 / 200) on either side, times 1.97.
    expect(mean - (lower ?? 0)).toBeCloseTo(1.97 * Math.sqrt((0.25 * 0.75) / 200), 2);
    expect((upper ?? 0) - mean).toBeCloseTo(mean - (lower ?? 0), 9);
  });

  it('is over seeds alone where the outputs of a trial are not there', () => {
    const { sweep } = sweepOf({ 0: [120, 121], 0.25: [170, 172] });
    const some = new Noise(new Map([[1, rightUpTo(120)]]));
    expect(axisEffects(sweep, 'accuracy', some)[0]?.values[1]).toMatchObject({ over: 'seeds' });
  });

  it('is over seeds that have the same pairs, not over seeds that have as many', () => {
    const { sweep } = sweepOf({ 0: [100, 100], 0.25: [140, 160] });
    const { sweep: wider } = sweepOf({ 0: [120, 120], 0.25: [180, 190] });
    const ofRank = wider.trials.map((row) => ({
      ...row,
      trial: row.trial + 10,
      configuration: { ...row.configuration, rank: 16 },
    }));
    // Seed 0 has the pair of rank 8 alone, seed 1 that of rank 16.
    const without = [...sweep.trials, ...ofRank].filter(({ trial: number }) => ![4, 13].includes(number));
    const space = { dropout_rate: [0, 0.25], rank: [8, 16], seed: [0, 1] };
    const definition = { ...sweep.definition, space };
    const effects = axisEffects({ ...sweep, definition, trials: without }, 'accuracy', null);
    const effect = effects.find(({ name }) => name === 'dropout_rate');
    expect(effect?.values[1]).toMatchObject({ pairs: 1, difference: { mean: expect.closeTo(0.2, 9), lower: null } });
  });

  it('is of a mean over rows alone', () => {
    const { sweep, noise } = sweepOf({ 0: [120, 121], 0.25: [170, 172] });
    expect(axisEffects(sweep, 'ece', noise)[0]?.values[1]?.over).toBe('seeds');
  });
});
