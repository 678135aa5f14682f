import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allMetrics,
  details,
  isUndefined,
  measure,
  measureText,
  metricNamed,
  metrics,
  rankingMetrics,
} from '../../src/metrics/metrics.ts';
import { scoreSet } from '../../src/metrics/score-set.ts';
import {
  classScores,
  labelSetScores,
  scoredForm,
  type ScoredSet,
  valueScores,
} from '../../src/metrics/forms/scored-set.ts';
import { computedFrom } from '../../src/metrics/metric.ts';
import { measuredOutside } from '../../src/store/views/trials/sweep-trials.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { readSourceFiles } from '../architecture/source-files.ts';

/** Sets of every form, with few values: ties, constants and empty classes are common. */
const sets: fc.Arbitrary<ScoredSet> = fc.integer({ min: 1, max: 7 }).chain((width) =>
  fc.integer({ min: 1, max: 12 }).chain((rows) => {
    const names = Array.from({ length: width }, (_, i) => `${i}`);
    const column = fc.array(fc.integer({ min: 0, max: width - 1 }), { minLength: rows, maxLength: rows });
    const grid = fc.array(fc.constantFrom(0, 1), { minLength: rows * width, maxLength: rows * width });
    const coarse = fc.array(fc.constantFrom(0.1, 0.2, 3), { minLength: rows, maxLength: rows });
    const probabilities = Float64Array.from({ length: rows * width }, () => 1 / width);
    return fc.oneof(
      fc
        .tuple(column, column)
        .map(([predictions, labels]) => classScores.set({ names, probabilities, predictions, labels })),
      fc
        .tuple(grid, grid)
        .map(([predictions, labels]) =>
          labelSetScores.set({ names, predictions: Uint8Array.from(predictions), labels: Uint8Array.from(labels) }),
        ),
      fc
        .tuple(coarse, coarse)
        .map(([predictions, targets]) => valueScores.set({ predictions: Float64Array.from(predictions), targets })),
    );
  }),
);

describe('every metric', () => {
  it('is a number within its range, or null where it is undefined, of any set of its form', () => {
    fc.assert(
      fc.property(sets, (set) => {
        const scored = scoreSet(set);
        for (const { name, range } of metrics) {
          const value = scored[name];
          if (value === undefined || value === null) continue;
          // A correlation of an exact line may be over 1 by rounding.
          expect(value, name).toBeGreaterThanOrEqual(range[0] - 1e-12);
          expect(value, name).toBeLessThanOrEqual(range[1] + 1e-12);
        }
      }),
    );
  });

  it('has a name of its own, and a form that some task or none gives', () => {
    const names = [...allMetrics, ...details].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { form, objectives } of taskSections) {
      const known = rankingMetrics(form).map(({ name }) => name);
      expect(known).toEqual(expect.arrayContaining([...objectives]));
    }
  });

  it('is undefined of constant predictions where it is a correlation', () => {
    const targets = [1, 2, 4];
    for (const constant of [0.1, 1e6 + 0.1, -1e-12, 0]) {
      const scored = scoreSet(valueScores.set({ predictions: Float64Array.of(constant, constant, constant), targets }));
      expect(scored).toEqual({ pearson: null, spearman: null });
    }
  });

  it('is named where it is computed, where a task, or a set of GLUE, is judged by it, and nowhere else', () => {
    const computed = metrics.filter(({ computations }) => computations.length > 0).map(({ name }) => name);
    const named = new RegExp(`['"\`](${computed.join('|')})(_gap)?['"\`]`);
    const elsewhere = readSourceFiles(['src', 'activities', 'workflows'])
      .filter(({ path }) => !/^src\/(metrics|tasks)\/|^src\/sweep\/glue-tasks/.test(path))
      .filter(({ text }) => named.test(text))
      .map(({ path }) => path);
    expect(elsewhere).toEqual([]);
  });

  it('that no evaluation holds is one that the record orders trials by', () => {
    const ofTrials = metrics.filter(({ ofTrial }) => ofTrial !== undefined).map(({ name }) => name);
    expect(Object.keys(measuredOutside(null))).toEqual(expect.arrayContaining(ofTrials));
  });
});

describe('a trial’s number', () => {
  const trial = { complexity: 3, trainSeconds: 2, trainableParameters: null };
  const scored = { ...trial, metrics: { rows: 1, loss: 0.5, mean_member_loss: 0.5, pearson: null, spearman: 0.25 } };

  it('is none where the evaluation found it undefined, and a dash before there is one', () => {
    expect(measureText({ ...trial, metrics: null }, 'pearson')).toBe('–');
    expect(measureText(scored, 'pearson')).toBe('none');
    expect(measure(scored, 'pearson')).toBeNull();
    expect(isUndefined(scored, 'pearson')).toBe(true);
    expect(measureText(scored, 'spearman')).toBe('0.2500');
    expect(measureText(scored, 'accuracy')).toBe('–');
    expect(measureText(scored, 'complexity')).toBe('3.00');
    expect(measureText(scored, 'trainable_parameters')).toBe('–');
  });
});

describe('a form that nothing knew', () => {
  it('is read by its own metric alone', () => {
    const spans = scoredForm<{ readonly hits: number }>('spans');
    const computation = computedFrom(spans, ({ hits }) => hits);
    expect(computation.compute(spans.set({ hits: 3 }))).toBe(3);
    expect(() => computation.compute(valueScores.set({ predictions: new Float64Array(1), targets: [1] }))).toThrow(
      /none of spans/,
    );
    expect(scoreSet(spans.set({ hits: 3 }))).toEqual({});
    expect(metricNamed('hits')).toBeNull();
  });
});
