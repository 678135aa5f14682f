import type { EvaluationMetrics, ReliabilityBin } from '../../src/metrics/values/evaluation-metrics.ts';
import { axisEffects } from '../../src/report/noise/axis-effects.ts';
import type { SweepMaterial, TrainingCurve } from '../../src/report/sections/material.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { stream } from '../../src/random/stream.ts';
import { ago, metrics, snapshot, trial } from '../dashboard/sweep-fixture.ts';

/** A name that would be markup, a cell's end and a formula, were it not escaped. */
export const hostileName = `<script>alert("x")</script> & 50 % | \\_{a}`;

const rates = [0, 0.1, 0.2, 0.3, 0.5];
const sparsities = [0, 1e-5, 1e-4, 1e-3];
const sizes = [1, 2, 4, 8];

/** Trials p × λ × N × M × seed, until there are so many; one failed, one stopped early, one predicts one class. */
export function materialOf(count: number, change: Partial<SweepMaterial['snapshot']> = {}): SweepMaterial {
  const trials: TrialRow[] = [];
  for (let seed = 0; trials.length < count; seed += 1) {
    for (const rate of rates)
      for (const sparsity of sparsities)
        for (const instances of [1, 2])
          for (const size of sizes)
            if (trials.length < count) trials.push(rowOf(trials.length + 1, { rate, sparsity, instances, size, seed }));
  }
  const curve = (rate: number): TrainingCurve => ({
    loss: Array.from({ length: 300 }, (_, step) => ({
      step: step + 1,
      value: 0.2 + 0.1 * rate + Math.exp(-step / 60),
    })),
    evaluated: [100, 200, 300].map((step) => ({ step, metrics: metrics({ accuracy: 0.7 + step / 2000 }) })),
  });
  const base = snapshot({
    state: 'completed',
    finishedAt: ago(0),
    trials,
    counts: { total: trials.length, succeeded: trials.length - 2, diverged: 1, pruned: 1, collapsed: 1 },
  });
  const { definition } = base;
  const swept = {
    ...base,
    ...change,
    definition: {
      ...definition,
      space: { dropout_rate: rates, sparsity: sparsities, train_instances: [1, 2], seed: [0, 1, 2] },
    },
  };
  return {
    snapshot: swept,
    provenance: {
      sweepId: '1',
      canonicalHash: 'c'.repeat(64),
      launchedBy: { user: 'ada', host: 'laptop', dropsweep: '0.1.0', node: 'v20.20.0' },
      mergedPoints: 12,
      theoryConstants: {
        loss_bound: Math.LN2,
        lipschitz: 2.4,
        hessian_minimum: 0.03,
        implicit_sparsity: 0.015,
        confidence: 0.05,
        train_rows: 96,
        method: 'probed',
      },
      inputs: {
        base: { reference: 'a/base', folder: '/a/base', content_hash: 'b'.repeat(64), tokenizer_hash: 't'.repeat(64) },
        task: { kind: 'classification', label_names: ['ham', 'spam'] },
        train: { hash: '1'.repeat(64), rows: 96 },
        dev: { hash: '2'.repeat(64), rows: 400 },
        test: null,
      },
    },
    trainedOn: [
      { host: 'forge', hardware: 'A processor, 8 cores, 31.2 GiB', numericsClass: 'cpu-1.30.0-avx2-1', trainings: 60 },
      { host: null, hardware: null, numericsClass: 'cpu-1.30.0-avx2-1', trainings: 1 },
    ],
    file: 'name: quickstart # to the letter\n',
    noise: null,
    stoppedEarly: new Map(),
    effects: axisEffects(swept, 'accuracy'),
    outputs: new Map(),
    curves: new Map(trials.map(({ trainingId, configuration }) => [trainingId, curve(configuration.dropout_rate)])),
  };
}

interface Point {
  readonly rate: number;
  readonly sparsity: number;
  readonly instances: number;
  readonly size: number;
  readonly seed: number;
}

function rowOf(number: number, { rate, sparsity, instances, size, seed }: Point): TrialRow {
  const base = trial(number);
  const [noise = 0] = stream(seed, 'report material', number).uniforms(1);
  const accuracy = 0.84 + 0.06 * Math.sin(3 * rate + 0.4) + 0.004 * Math.log2(size) + 0.02 * noise;
  const own: TrialRow = {
    ...base,
    trainingId: `training-${rate}-${sparsity}-${instances}-${seed}`,
    configuration: { ...base.configuration, dropout_rate: rate, sparsity, train_instances: instances, seed },
    evaluation: { ...base.evaluation, dropout_rate: rate, ensemble_size: size },
    state: 'succeeded',
    step: 120,
    metrics: scored(accuracy, rate, size),
    complexity: 6 / (1 + 3 * rate) / (1 + 1000 * sparsity),
    complexityEstimated: (9 - rate) / (1 + 3 * rate) / (1 + 1000 * sparsity),
    trainSeconds: 20 * instances + 2 * noise,
    trainableParameters: 1000,
    numericsClass: 'cpu-1.30.0-avx2-1',
  };
  if (number === 7) return { ...own, metrics: metrics({ accuracy: 0.5, collapsed: true }) };
  if (number === 33) return { ...own, state: 'pruned', step: 40, metrics: null };
  if (number !== 65) return own;
  const failure = { code: 'NON_FINITE', message: `NON_FINITE: the loss became NaN\n  where: ${hostileName}` };
  return { ...own, state: 'diverged', step: 17, metrics: null, failure };
}

function scored(accuracy: number, rate: number, size: number): EvaluationMetrics {
  const reliability = Array.from({ length: 15 }, (_, bin): ReliabilityBin => {
    const confidence = (bin + 0.5) / 15;
    return { lower: bin / 15, upper: (bin + 1) / 15, count: bin < 7 ? 0 : 30, confidence, accuracy: confidence ** 1.2 };
  });
  return metrics({
    accuracy,
    reliability,
    loss: 0.4 - 0.02 * Math.log2(size),
    ece: 0.05 - 0.005 * Math.log2(size),
    loss_gap: -0.3 * (1 - rate),
    accuracy_gap: 0.1 * (1 - rate),
    inference_passes: size,
  });
}
