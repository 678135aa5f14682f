import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { accuracyAt } from '../../src/metrics/accuracy-at-coverage.ts';
import { brierParts } from '../../src/metrics/parts/brier-parts.ts';
import { equalMassBins } from '../../src/metrics/parts/equal-mass-bins.ts';
import { scoreMembers, scoreSet } from '../../src/metrics/score-set.ts';
import { type ClassScores, classScores, valueScores } from '../../src/metrics/forms/scored-set.ts';
import { atTemperature, fitTemperature, selectClassRows } from '../../src/metrics/parts/temperature-scaling.ts';

/** Written by fixtures/make-calibration.py, whose first lines say how. */
const cases = z
  .array(
    z.object({
      title: z.string(),
      probabilities: z.array(z.array(z.number())),
      predictions: z.array(z.number()),
      labels: z.array(z.number()),
      ece: z.number(),
      ece_equal_mass: z.number(),
      brier_reliability: z.number(),
      brier_resolution: z.number(),
      brier_uncertainty: z.number(),
      accuracy_at_80_coverage: z.number(),
      temperature: z.number(),
      nll_at_temperature: z.number(),
    }),
  )
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/calibration.json'), 'utf8')));

function contentOf({ probabilities, predictions, labels }: (typeof cases)[number]): ClassScores {
  const names = (probabilities[0] ?? []).map((_, k) => `class ${k}`);
  return { names, probabilities: Float64Array.from(probabilities.flat()), predictions, labels };
}

/** Probabilities of few values, as many labels. */
const contents: fc.Arbitrary<ClassScores> = fc
  .array(fc.record({ sure: fc.constantFrom(0.5, 0.6, 0.8, 0.9, 1), first: fc.boolean(), right: fc.boolean() }), {
    minLength: 2,
    maxLength: 60,
  })
  .map((rows) => {
    const predictions = rows.map(({ first }) => (first ? 0 : 1));
    return {
      names: ['a', 'b'],
      probabilities: Float64Array.from(
        rows.flatMap(({ sure, first }) => (first ? [sure, 1 - sure] : [1 - sure, sure])),
      ),
      predictions,
      labels: rows.map(({ right }, row) => (right ? predictions[row] : 1 - (predictions[row] ?? 0)) ?? 0),
    };
  });

function meanLoss(content: ClassScores): number {
  const { names, probabilities, labels } = content;
  const losses = labels.map((label, row) => -Math.log(probabilities[row * names.length + label] ?? 0));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

describe('calibration as scikit-learn and scipy have it', () => {
  for (const one of cases) {
    it(`of ${one.title}`, () => {
      const content = contentOf(one);
      const scored = scoreSet(classScores.set(content));
      for (const name of [
        'ece',
        'ece_equal_mass',
        'brier_reliability',
        'brier_resolution',
        'brier_uncertainty',
        'accuracy_at_80_coverage',
      ] as const) {
        // Sums of float64 in another order.
        expect(scored[name], name).toBeCloseTo(one[name], 12);
      }
      const temperature = fitTemperature(content);
      // The loss is flat at its least: a relative 1e-7 of T moves it by 1e-15.
      expect(temperature / one.temperature).toBeCloseTo(1, 6);
      expect(meanLoss(atTemperature(content, temperature))).toBeCloseTo(one.nll_at_temperature, 12);
    });
  }
});

describe('calibration', () => {
  it('does not depend on the order of the rows, ties and all', () => {
    fc.assert(
      fc.property(contents, fc.integer(), (content, seed) => {
        const order = content.labels
          .map((_, row) => row)
          .sort((a, b) => ((a * 7919 + seed) % 101) - ((b * 7919 + seed) % 101));
        const [before, after] = [content, selectClassRows(content, order)].map((one) => scoreSet(classScores.set(one)));
        for (const name of ['ece_equal_mass', 'accuracy_at_80_coverage', 'brier_reliability', 'brier_resolution'])
          expect(after?.[name], name).toBeCloseTo(Number(before?.[name]), 12);
      }),
    );
  });

  it('parts Brier exactly where the probabilities of a bin are equal', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const { reliability, resolution, uncertainty } = brierParts(content);
        const { brier } = scoreSet(classScores.set(content));
        expect(reliability - resolution + uncertainty).toBeCloseTo(Number(brier), 12);
      }),
    );
  });

  it('has all rows in its bins of equal mass, and all of them at full coverage', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const bins = equalMassBins(content);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(content.labels.length);
        const right = content.labels.filter((label, row) => label === content.predictions[row]).length;
        expect(accuracyAt(content, 1)).toBeCloseTo(right / content.labels.length, 12);
      }),
    );
  });
});

describe('a temperature', () => {
  it('never fits worse than none, and changes no prediction', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const sure = content.probabilities.every((probability) => probability > 0);
        fc.pre(sure);
        const scaled = atTemperature(content, fitTemperature(content));
        expect(meanLoss(scaled)).toBeLessThanOrEqual(meanLoss(content) + 1e-9);
        expect(scaled.predictions).toEqual(content.predictions);
      }),
    );
  });

  it('is that of the logits: probabilities of logits that were multiplied by 3 ask for a third of it', () => {
    const [one] = cases;
    if (one === undefined) throw new Error('no case');
    const content = contentOf(one);
    const sharper = atTemperature(content, 1 / 3);
    expect(fitTemperature(sharper) / fitTemperature(content)).toBeCloseTo(3, 6);
  });
});

describe('the disagreement of members', () => {
  const member = (predictions: readonly number[]) =>
    classScores.set({ names: ['a', 'b'], probabilities: new Float64Array(6), predictions, labels: [0, 0, 0] });

  it('is the share of pairs that predict otherwise: one of three, none, two of three', () => {
    const members = [member([0, 0, 1]), member([0, 0, 0]), member([1, 0, 0])];
    // Rows: a a b → 2 of 3 pairs; a a a → 0; b a a → 2 of 3.
    expect(scoreMembers('classes', 3, () => members)).toEqual({ member_disagreement: 4 / 9 });
  });

  it('is of two members or more, and of classes alone', () => {
    expect(scoreMembers('classes', 1, () => [member([0, 0, 0])])).toEqual({});
    const values = valueScores.set({ predictions: new Float64Array(1), targets: [1] });
    expect(scoreMembers('values', 2, () => [values, values])).toEqual({});
  });
});
