import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scoreSet } from '../../src/metrics/score-set.ts';
import { classScores, labelSetScores, valueScores } from '../../src/metrics/forms/scored-set.ts';

/** Written by fixtures/make-fixtures.py, whose first lines say how. */
const number = z.number().nullable();
const table = z.array(z.array(z.number()));
const fixtures = z
  .object({
    classes: z.array(
      z.object({
        title: z.string(),
        probabilities: table,
        predictions: z.array(z.number()),
        labels: z.array(z.number()),
        recall_per_class: z.array(number),
        accuracy: number,
        macro_f1: number,
        micro_f1: number,
        f1: number,
        macro_recall: number,
        matthews: number,
        top_3_accuracy: number,
        top_5_accuracy: number,
        brier: number,
      }),
    ),
    values: z.array(
      z.object({
        title: z.string(),
        predictions: z.array(z.number()),
        targets: z.array(z.number()),
        pearson: number,
        spearman: number,
      }),
    ),
    label_sets: z.array(
      z.object({
        title: z.string(),
        probabilities: table,
        labels: table,
        recall_per_class: z.array(number),
        accuracy: number,
        micro_f1: number,
        macro_f1: number,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/scikit-learn.json'), 'utf8')));

const namesOf = (columns: readonly unknown[]): readonly string[] => columns.map((_, i) => `class ${i}`);
const named = (values: readonly (number | null)[]) => Object.fromEntries(values.map((v, i) => [`class ${i}`, v]));

/** Both sum in float64, in other orders: equal to 12 digits. */
function agree(scored: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, number | null>>): void {
  for (const [name, value] of Object.entries(expected)) {
    if (value === null) expect(scored[name], name).toBeNull();
    else expect(scored[name], name).toBeCloseTo(value, 12);
  }
}

describe('metrics agree with scikit-learn and scipy', () => {
  it.each(fixtures.classes)('for classes: $title', ({ title, probabilities, recall_per_class, ...one }) => {
    const { predictions, labels, ...expected } = one;
    const names = namesOf(recall_per_class);
    const set = { names, probabilities: Float64Array.from(probabilities.flat()), predictions, labels };
    const scored = scoreSet(classScores.set(set));
    agree(scored, expected);
    expect(scored['recall_per_class'], title).toEqual(named(recall_per_class));
  });

  it.each(fixtures.values)('for values: $title', ({ title, predictions, targets, ...expected }) => {
    expect(predictions.length, title).toBe(targets.length);
    agree(scoreSet(valueScores.set({ predictions: Float64Array.from(predictions), targets })), expected);
  });

  it.each(fixtures.label_sets)('for label sets: $title', ({ title, probabilities, labels, ...one }) => {
    const { recall_per_class, ...expected } = one;
    const predictions = Uint8Array.from(probabilities.flat(), (probability) => (probability > 0.5 ? 1 : 0));
    const set = { names: namesOf(recall_per_class), predictions, labels: Uint8Array.from(labels.flat()) };
    const scored = scoreSet(labelSetScores.set(set));
    agree(scored, expected);
    expect(scored['recall_per_class'], title).toEqual(named(recall_per_class));
  });
});
