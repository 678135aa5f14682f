import type { SweepSnapshot, TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { ago, metrics, snapshot, trial } from './sweep-fixture.ts';

/*
 * A record of 240 trials that was made up: five rates, three strengths, two sizes of the rank and of M, four seeds. What
 * was scored follows from the settings by a formula, so that every view has something to show and is the same each time.
 */

const rates = [0, 0.125, 0.25, 0.375, 0.5];
const strengths = [0, 1e-4, 1e-3];
const ranks = [4, 8];
const sizes = [1, 4];
const seeds = [1, 2, 3, 4];

/** Between 0 and 1, the same for the same numbers. */
export function noise(...of: readonly number[]): number {
  const sum = of.reduce((total, each, place) => total + Math.sin(each * 12.9898 + place * 78.233) * 43_758.5453, 0);
  return sum - Math.floor(sum);
}

function madeUpTrials(): readonly TrialRow[] {
  const rows: TrialRow[] = [];
  for (const rate of rates) {
    for (const [level, sparsity] of strengths.entries()) {
      for (const rank of ranks) {
        for (const seed of seeds) {
          for (const size of sizes)
            rows.push(madeUpTrial(rows.length + 1, { rate, level, sparsity, rank, seed, size }));
        }
      }
    }
  }
  return rows;
}

interface Settings {
  readonly rate: number;
  readonly level: number;
  readonly sparsity: number;
  readonly rank: number;
  readonly seed: number;
  readonly size: number;
}

function madeUpTrial(number: number, { rate, level, sparsity, rank, seed, size }: Settings): TrialRow {
  const training = noise(rate, level, rank, seed) - 0.5;
  const accuracy = 0.9 - 0.35 * (rate - 0.25) ** 2 - 0.004 * level + 0.001 * rank + 0.004 * size + 0.02 * training;
  const ece = 0.08 - 0.1 * rate + 0.12 * rate ** 2 - 0.003 * size + 0.01 * noise(seed, rate, size);
  const base = trial(number);
  const failed = number % 53 === 0;
  return trial(number, {
    configuration: { ...base.configuration, dropout_rate: rate, sparsity, rank, seed },
    evaluation: { ...base.evaluation, dropout_rate: rate, ensemble_size: size },
    trainingId: `${rate}/${sparsity}/${rank}/${seed}`,
    state: failed ? 'diverged' : 'succeeded',
    step: failed ? 61 : 120,
    metrics: failed
      ? null
      : metrics({
          accuracy,
          ece,
          loss: 0.6 - 0.4 * accuracy,
          expected_kept_entries: 1000 * rank,
          update_norm: 2 + rank / 10 + training,
          update_effective_rank: 0.7 * rank + training,
          inference_passes: size,
        }),
    complexity: 1 / (1 + 4 * (0.1 + 1000 * sparsity) * (2 * rate - rate ** 2)),
    complexityEstimated: (1.2 + 0.4 * noise(seed, rate)) / (1 + 4 * (0.1 + 1000 * sparsity) * (2 * rate - rate ** 2)),
    trainSeconds: 20 + rank + 10 * noise(number),
    trainableParameters: 9_216 * rank,
    failure: failed ? { code: 'LOSS_NOT_FINITE', message: 'the loss was NaN at step 61' } : null,
    claimedSegments: 2,
  });
}

export const cockpitTrials = madeUpTrials();

/** Its sweep, while it runs. */
export function cockpitSnapshot(): SweepSnapshot {
  const base = snapshot();
  const definition = {
    ...base.definition,
    name: 'dropout-front',
    space: { dropout_rate: rates, sparsity: strengths, rank: ranks, seed: seeds },
    evaluations: sizes.map((size) => ({
      split: 'dev' as const,
      mode: 'ensemble' as const,
      dropout_rate: null,
      ensemble_size: size,
      mask_seed: 0,
      aggregate: 'logits' as const,
    })),
    scheduler: { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 },
  };
  return {
    ...base,
    name: 'dropout-front',
    definition,
    trials: cockpitTrials,
    trialCount: cockpitTrials.length,
    counts: { ...base.counts, total: 120, succeeded: 92, running: 4, evaluating: 1, diverged: 2, waiting: 21 },
    stepsDone: 11_520,
    stepsTotal: 14_400,
    stepsPerSecond: 38.4,
    desiredParallelism: 5,
    createdAt: ago(1_860),
    slots: [0, 1, 2, 3, 4].map((slot) => ({
      workerId: slot < 3 ? 'a' : 'b',
      host: slot < 3 ? 'forge' : 'anvil',
      slot: String(slot % 3),
      running: {
        trial: 201 + 2 * slot,
        kind: slot === 4 ? 'evaluate' : 'train',
        step: 30 + 18 * slot,
        of: 120,
        further: 0,
      },
      elsewhere: null,
      lastSeen: ago(2),
    })),
    recentEvents: [
      { at: ago(9), kind: 'succeeded', text: 'trials 199–200 succeeded' },
      { at: ago(21), kind: 'pruned', text: 'trials 195–196 pruned' },
      { at: ago(64), kind: 'diverged', text: 'trial 106 diverged: the loss was NaN at step 7' },
    ],
  };
}
