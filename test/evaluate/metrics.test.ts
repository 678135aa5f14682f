import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluateOutputs } from '../../src/evaluate/evaluate-outputs.ts';
import { predictedClasses } from '../../src/evaluate/predicted-classes.ts';
import { classF1s, confusionMatrix } from '../../src/metrics/parts/confusion-matrix.ts';
import { positiveF1 } from '../../src/metrics/f1.ts';
import { matthewsCorrelation } from '../../src/metrics/matthews.ts';
import { expectedCalibrationError, reliabilityBins } from '../../src/metrics/parts/reliability-bins.ts';
import { softmax } from '../../src/evaluate/softmax.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { classShape, evaluatedRows, regressionShape } from '../support/evaluated.ts';

interface GoldenClassification {
  readonly logits: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly accuracy: number;
  readonly matthews: number;
  readonly f1_macro: number;
  readonly f1_positive?: number;
  readonly nll: number;
  readonly brier: number;
  readonly ece_15_equal_width: number;
  readonly ece_10_equal_width: number;
  readonly reliability_15: readonly (readonly [number, number | null, number | null])[];
}

interface Golden {
  readonly classification: readonly GoldenClassification[];
  readonly regression: readonly {
    readonly predictions: readonly number[];
    readonly labels: readonly number[];
    readonly pearson: number;
    readonly spearman: number;
  }[];
}

const golden = sharedFolder('golden');

function readGolden(): Golden {
  return JSON.parse(readFileSync(join(golden ?? '', 'metrics', 'metrics.json'), 'utf8'));
}

describe.skipIf(golden === null)('against scikit-learn and scipy (skipped where the golden vectors are absent)', () => {
  const cases: Golden = golden === null ? { classification: [], regression: [] } : readGolden();

  // The vectors took softmax in float32 (nll is off by up to 3e-8 from float64), so six decimals.
  const digits = 6;

  test.each([...cases.classification.entries()])('classification case %i agrees in every metric', (_, expected) => {
    const classes = expected.logits[0]?.length ?? 0;
    const shape = classShape(Array.from({ length: classes }, (_, i) => `${i}`));
    const outputs = evaluatedRows(shape, [Float32Array.from(expected.logits.flat())], expected.labels);
    const { metrics } = evaluateOutputs({
      scores: taskOf(shape).scores,
      aggregate: 'logits',
      evaluated: outputs,
      train: outputs,
      expectedKeptEntries: 1,
    });
    expect(metrics.rows).toBe(expected.labels.length);
    expect(metrics.accuracy).toBeCloseTo(expected.accuracy, digits);
    expect(metrics.matthews).toBeCloseTo(expected.matthews, digits);
    expect(metrics.f1).toBeCloseTo(expected.f1_positive ?? expected.f1_macro, digits);
    expect(metrics.loss).toBeCloseTo(expected.nll, digits);
    expect(metrics.brier).toBeCloseTo(expected.brier, digits);
    expect(metrics.ece).toBeCloseTo(expected.ece_15_equal_width, digits);
    expect(metrics.mean_member_loss).toBeCloseTo(expected.nll, digits);
    expect(metrics.accuracy_gap).toBe(0);
    expect(metrics.reliability).toHaveLength(15);
    for (const [i, [count, binAccuracy, confidence]] of expected.reliability_15.entries()) {
      expect(metrics.reliability?.[i]?.count).toBe(count);
      expect(metrics.reliability?.[i]?.accuracy).toBeCloseTo(binAccuracy ?? 0, digits);
      expect(metrics.reliability?.[i]?.confidence).toBeCloseTo(confidence ?? 0, digits);
    }
    const probabilities = softmax(Float32Array.from(expected.logits.flat()), classes);
    const predictions = predictedClasses(probabilities, classes);
    const scored = { probabilities, predictions, labels: expected.labels, names: shape.label_names };
    const tenBins = reliabilityBins(scored, 10);
    expect(expectedCalibrationError(tenBins)).toBeCloseTo(expected.ece_10_equal_width, digits);
  });

  test.each([...cases.regression.entries()])('regression case %i agrees in both correlations', (_, expected) => {
    const outputs = evaluatedRows(regressionShape, [Float32Array.from(expected.predictions)], expected.labels);
    const { metrics } = evaluateOutputs({
      scores: taskOf(regressionShape).scores,
      aggregate: 'logits',
      evaluated: outputs,
      train: outputs,
      expectedKeptEntries: 1,
    });
    // The predictions are float64 there and pass through float32 here.
    expect(metrics.pearson).toBeCloseTo(expected.pearson, 6);
    expect(metrics.spearman).toBeCloseTo(expected.spearman, 6);
    expect(metrics).not.toHaveProperty('accuracy');
  });
});

test('a constant prediction has correlation 0 by Matthews and no division by zero', () => {
  const confusion = confusionMatrix([1, 1, 1, 1], [0, 1, 1, 0], 2);
  expect(matthewsCorrelation(confusion)).toBe(0);
  expect(positiveF1(confusion)).toBeCloseTo(2 / 3, 12);
  expect(positiveF1(confusionMatrix([0, 0, 0, 0], [0, 1, 1, 0], 2))).toBe(0);
});

test('F1 of all classes looks at each cell of the matrix a few times, however many classes there are', () => {
  const readings = (classes: number): number => {
    let cells = 0;
    const row = (label: number) =>
      new Proxy(
        Array.from({ length: classes }, (_, prediction) => (label + prediction) % 3),
        {
          get(target, key, receiver): unknown {
            if (typeof key === 'string' && /^\d+$/.test(key)) cells += 1;
            return Reflect.get(target, key, receiver);
          },
        },
      );
    expect(classF1s(Array.from({ length: classes }, (_, label) => row(label)))).toHaveLength(classes);
    return cells / classes ** 2;
  };
  expect(readings(40)).toBeLessThan(4);
  expect(readings(80)).toBeLessThan(4);
});
