import type { EvaluationMetrics } from '../../src/metrics/values/evaluation-metrics.ts';
import type { SweepSnapshot, TrialRow } from '../../src/store/views/sweep-snapshot.ts';

export const now = new Date(2026, 0, 15, 12, 10, 0);

/** A moment `seconds` before the frames' clock. */
export function ago(seconds: number): Date {
  return new Date(now.getTime() - 1000 * seconds);
}

export function metrics(change: Partial<EvaluationMetrics> = {}): EvaluationMetrics {
  return {
    rows: 400,
    accuracy: 0.8625,
    f1: 0.81,
    matthews: 0.6,
    pearson: null,
    spearman: null,
    loss: 0.3412,
    brier: 0.2,
    ece: 0.0417,
    reliability: [],
    mean_member_loss: 0.35,
    train_accuracy: 0.95,
    train_loss: 0.1,
    accuracy_gap: 0.0875,
    loss_gap: -0.24,
    collapsed: false,
    expected_kept_entries: 1000,
    inference_passes: 4,
    ...change,
  };
}

export function trial(number: number, change: Partial<TrialRow> = {}): TrialRow {
  return {
    trial: number,
    trainingId: `training-${number}`,
    trainingHash: 'a'.repeat(64),
    configuration: {
      adapter: 'lora',
      dropout_rate: 0.5,
      sparsity: 0,
      train_instances: 2,
      rank: 8,
      alpha: 16,
      targets: ['all-linear'],
      learning_rate: 5e-4,
      weight_decay: 0.01,
      decay_biases: true,
      adam_beta1: 0.9,
      adam_beta2: 0.999,
      adam_epsilon: 1e-8,
      clip_norm: 1,
      batch_size: 32,
      epochs: 3,
      warmup_fraction: 0.1,
      max_length: 64,
      base_precision: 'float32',
      keep: 'last',
      seed: 1,
    },
    evaluation: {
      split: 'dev',
      mode: 'ensemble',
      dropout_rate: 0.5,
      ensemble_size: 4,
      mask_seed: 0,
      aggregate: 'logits',
    },
    state: 'waiting',
    reused: false,
    step: 0,
    totalSteps: 120,
    metrics: null,
    complexity: null,
    trainSeconds: null,
    trainableParameters: null,
    numericsClass: null,
    failure: null,
    claimedSegments: 0,
    ...change,
  };
}

const emptyCounts: SweepSnapshot['counts'] = {
  waiting: 0,
  running: 0,
  evaluating: 0,
  succeeded: 0,
  diverged: 0,
  out_of_memory: 0,
  infeasible: 0,
  crashed: 0,
  pruned: 0,
  cancelled: 0,
  total: 0,
  reused: 0,
  collapsed: 0,
};

type SnapshotChange = Omit<Partial<SweepSnapshot>, 'counts'> & { readonly counts?: Partial<SweepSnapshot['counts']> };

export function snapshot(change: SnapshotChange = {}): SweepSnapshot {
  return {
    sweepId: '1',
    name: 'quickstart',
    state: 'running',
    desiredState: 'running',
    definition: {
      name: 'quickstart',
      base: 'sentence-transformers/all-MiniLM-L6-v2',
      task: {
        kind: 'text-classification',
        data: { kind: 'package', package: 'spam-assassin' },
        train_rows: 96,
        dev_rows: 400,
        split_seed: 0,
      },
      space: { dropout_rate: [0, 0.25, 0.5], train_instances: [1, 2], seed: [1, 2] },
      training: trial(1).configuration,
      evaluations: [],
      search: { kind: 'grid' },
      scheduler: { kind: 'none' },
      objectives: [
        { metric: 'accuracy', direction: 'maximize' },
        { metric: 'ece', direction: 'minimize' },
      ],
      parallelism: 2,
      priority: 0,
      trainer: 'onnx',
    },
    trainer: 'onnx',
    desiredParallelism: 2,
    createdAt: ago(252),
    finishedAt: null,
    stepsDone: 0,
    stepsTotal: 1200,
    stepsPerSecond: null,
    trials: [],
    trialCount: change.trials?.length ?? 0,
    slots: [],
    recentEvents: [],
    ...change,
    counts: { ...emptyCounts, ...change.counts },
  };
}

const rates = [0, 0.25, 0.5];
const complexities = [9.81e-1, 7.4e-1, 6.52e-1];

/** The quickstart's trials: p × N × seed trainings with M = 1, 2, 4 each (one M where p = 0). */
export function quickstartTrials(): readonly TrialRow[] {
  const rows: TrialRow[] = [];
  for (const [index, dropout_rate] of rates.entries()) {
    for (const train_instances of dropout_rate === 0 ? [1] : [1, 2]) {
      for (const seed of [1, 2]) {
        for (const ensemble_size of dropout_rate === 0 ? [1] : [1, 2, 4]) {
          const number = rows.length + 1;
          const accuracy = 0.84 + 0.0025 * ((number * 7) % 11);
          rows.push(
            trial(number, {
              configuration: { ...trial(1).configuration, dropout_rate, train_instances, seed },
              evaluation: { ...trial(1).evaluation, dropout_rate, ensemble_size },
              trainingId: `${dropout_rate}/${train_instances}/${seed}`,
              state: 'succeeded',
              step: 120,
              metrics: metrics({ accuracy, ece: 0.02 + 0.003 * ((number * 5) % 9), loss: 0.31 + 0.01 * (number % 7) }),
              complexity: complexities[index] ?? null,
              trainSeconds: 31.5 * train_instances,
              claimedSegments: 1,
            }),
          );
        }
      }
    }
  }
  return rows;
}

const bare = { step: 0, metrics: null, complexity: null, trainSeconds: null, claimedSegments: 0 };

/** The states of a sweep's life that the frames are compared in. */
export const situations = {
  empty: (): SweepSnapshot => snapshot({ counts: { total: 0 }, stepsTotal: 0 }),
  fresh: (): SweepSnapshot =>
    snapshot({
      createdAt: ago(3),
      counts: { total: 10, waiting: 10 },
      trials: quickstartTrials().map((row) => ({ ...row, ...bare, state: 'waiting' })),
    }),
  running: (): SweepSnapshot =>
    snapshot({
      counts: { total: 10, waiting: 4, running: 2, succeeded: 4, reused: 1 },
      stepsDone: 612,
      stepsPerSecond: 3.14,
      trials: quickstartTrials().map((row, index) => {
        if (index < 8) return { ...row, reused: index === 0 };
        if (index < 14) return { ...row, ...bare, state: 'running', step: 66 };
        return { ...row, ...bare, state: 'waiting' };
      }),
      slots: [
        slot('a', '0', { trial: 9, kind: 'train', step: 66, of: 120 }),
        slot('a', '1', { trial: 12, kind: 'evaluate', step: 1, of: 4 }),
      ],
      recentEvents: [
        { at: ago(8), kind: 'training_succeeded', text: 'training 4 succeeded after 31.5 s' },
        { at: ago(95), kind: 'training_reused', text: 'training 1 reused from sweep first-look' },
        { at: ago(252), kind: 'launched', text: 'launched by ada on laptop' },
      ],
    }),
  finished: (): SweepSnapshot =>
    snapshot({
      state: 'completed',
      finishedAt: ago(0),
      counts: { total: 10, succeeded: 10 },
      stepsDone: 1200,
      trials: quickstartTrials(),
      slots: [slot('a', '0', null), slot('a', '1', null)],
      recentEvents: [{ at: ago(0), kind: 'completed', text: 'completed: 10 trainings, 26 trials' }],
    }),
  troubled: (): SweepSnapshot =>
    snapshot({
      name: '昼の実験-with-a-name-that-is-much-longer-than-any-terminal-line-would-like-it-to-be-🙂🙂🙂',
      counts: {
        total: 10,
        running: 1,
        succeeded: 3,
        diverged: 2,
        out_of_memory: 1,
        crashed: 1,
        infeasible: 1,
        pruned: 1,
        collapsed: 1,
      },
      stepsDone: 700,
      stepsPerSecond: 0.042,
      trials: quickstartTrials().map((row, index) => {
        if (index === 0)
          return { ...row, metrics: metrics({ accuracy: 0.6875, collapsed: true, ece: 0.31, loss: 12.5 }) };
        if (index === 3) return { ...row, ...bare, state: 'diverged' };
        if (index === 6) return { ...row, ...bare, state: 'out_of_memory' };
        const failure = { code: 'PROCESS_DIED', message: 'SIGSEGV' };
        if (index === 9) return { ...row, ...bare, state: 'crashed', claimedSegments: 3, failure };
        if (index === 12) return { ...row, ...bare, state: 'infeasible' };
        if (index === 15) return { ...row, ...bare, state: 'pruned' };
        if (index === 18) return { ...row, ...bare, state: 'running', step: 119, totalSteps: 120 };
        return row;
      }),
      slots: [
        { ...slot('b', '0', { trial: 19, kind: 'train', step: 119, of: 120 }), host: 'gpu-node-17.rack-4.example.org' },
        { ...slot('c', '0', { trial: 20, kind: 'train', step: 3, of: 120 }), lastSeen: ago(75) },
      ],
      recentEvents: [
        {
          at: ago(4),
          kind: 'crashed',
          text: 'training 4 crashed: its trainer process died three times without an outside cause',
        },
      ],
    }),
  paused: (): SweepSnapshot =>
    snapshot({
      state: 'paused',
      desiredState: 'paused',
      counts: { total: 10, waiting: 6, succeeded: 4 },
      stepsDone: 612,
      stepsPerSecond: 3.14,
      trials: quickstartTrials().map((row, index) => {
        if (index < 8) return row;
        return { ...row, ...bare, state: 'waiting', step: index < 14 ? 66 : 0 };
      }),
      slots: [slot('a', '0', null)],
    }),
  simulated: (): SweepSnapshot =>
    snapshot({
      name: 'load-test',
      trainer: 'simulated',
      desiredState: 'paused',
      counts: { total: 10_000, waiting: 9000, running: 32, succeeded: 968 },
      stepsDone: 9688,
      stepsTotal: 100_000,
      stepsPerSecond: 1043.7,
      desiredParallelism: 32,
      trials: quickstartTrials(),
      slots: Array.from({ length: 32 }, (_, index) =>
        slot('a', String(index), { trial: 969 + index, kind: 'train', step: 3, of: 10 }),
      ),
    }),
} as const satisfies Record<string, () => SweepSnapshot>;

function slot(
  workerId: string,
  name: string,
  work: { trial: number; kind: 'train' | 'evaluate'; step: number; of: number } | null,
) {
  const running = work && { ...work, further: 0 };
  return { workerId, host: 'laptop', slot: name, running, elsewhere: null, lastSeen: ago(1) };
}
