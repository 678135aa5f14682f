import type { ViewSource } from '../../src/dashboard/reading/view-source.ts';
import type { StepValue } from '../../src/store/views/step-values.ts';
import { axisEffects } from '../../src/report/noise/axis-effects.ts';
import { cockpitSnapshot, cockpitTrials as trials, noise } from './cockpit-trials.ts';
import { cockpitSweeps } from './cockpit-sweeps.ts';
import { foldedSource } from './folded-source.ts';
import { ago, metrics, trial } from './sweep-fixture.ts';

const eventKinds = [
  'succeeded',
  'checkpoint',
  'training_started',
  'pruned',
  'succeeded',
  'diverged',
  'checkpoint_failed',
];
const allEvents = Array.from({ length: 60 }, (_, index) => {
  const kind = eventKinds[index % eventKinds.length] ?? 'succeeded';
  const number = 200 - 2 * index;
  return {
    id: 60 - index,
    at: ago(9 + 13 * index),
    kind,
    trials: [number],
    text: `${kind.replaceAll('_', ' ')} (trial ${number})`,
  };
});

function stepped(values: readonly number[]): readonly StepValue[] {
  return values.map((value, index) => ({ step: index + 1, value }));
}

function curve(number: number): readonly number[] {
  return Array.from(
    { length: 120 },
    (_, step) => 0.15 + 0.7 * Math.exp(-step / (18 + (number % 9))) + 0.04 * noise(number, step),
  );
}

const running = (trial: number, place: number) => ({
  segment: `s${trial}`,
  sweep: 'dropout-front',
  trial,
  kind: 'train' as const,
  step: 30 + 18 * place,
  of: 120,
  stepsPerSecond: 8.1 - 0.3 * place,
  tokensPerSecond: 4_950 - 210 * place,
});

const reliability = [0.55, 0.65, 0.75, 0.85, 0.95].map((middle, index) => ({
  lower: middle - 0.05,
  upper: middle + 0.05,
  count: 20 + 30 * index,
  confidence: middle,
  accuracy: middle - 0.06 + 0.02 * index,
}));

const frontAsked = {
  x: { of: 'metric', name: 'complexity' },
  y: { of: 'metric', name: 'accuracy' },
  better: { x: 'minimize', y: 'maximize' },
  log: { x: false, y: false },
  by: null,
  shown: [],
} as const;

/** What its views read. */
export const cockpitSource: ViewSource = {
  sweeps: async () => ({ total: cockpitSweeps.length, from: 0, rows: cockpitSweeps }),
  sweepFront: async ({ sweepId }) => (sweepId === '1' ? foldedSource(trials).tradeoff(sweepId, frontAsked) : null),
  events: async (_, { offset, limit }, kinds) => {
    const wanted = allEvents.filter(({ kind }) => kinds?.includes(kind) ?? true);
    return { total: wanted.length, from: offset, rows: wanted.slice(offset, offset + limit) };
  },
  search: async () => ({
    savedSeconds: 0,
    from: 0,
    total: 4,
    decisions: [
      {
        sequence: 412,
        at: ago(21),
        kind: 'prune',
        trial: 195,
        rung: 1,
        reason: 'rung 1: 0.861 is 41st of 60, 30 go on',
        point: null,
      },
      {
        sequence: 409,
        at: ago(26),
        kind: 'promote',
        trial: 199,
        rung: 1,
        reason: 'rung 1: 0.914 is 3rd of 60, 30 go on',
        point: null,
      },
      {
        sequence: 402,
        at: ago(58),
        kind: 'promote',
        trial: 193,
        rung: 0,
        reason: 'rung 0: 0.823 is 17th of 118, 59 go on',
        point: null,
      },
      {
        sequence: 397,
        at: ago(75),
        kind: 'prune',
        trial: 187,
        rung: 0,
        reason: 'rung 0: 0.702 is 88th of 118, 59 go on',
        point: null,
      },
    ],
    rungs: [
      { rung: 0, step: 30, trainings: 120, reached: 118, promoted: 60, pruned: 54, best: 0.84 },
      { rung: 1, step: 60, trainings: 120, reached: 60, promoted: 30, pruned: 27, best: 0.902 },
      { rung: 2, step: 120, trainings: 120, reached: 29, promoted: 0, pruned: 0, best: 0.9229 },
    ],
  }),
  workers: async () => [
    {
      workerId: 'a',
      host: 'forge',
      pid: 4711,
      role: 'train',
      slots: 3,
      startedAt: ago(1_800),
      lastSeen: ago(2),
      endedAt: null,
      numericsClass: 'cpu onnxruntime-1.30.0 avx512 threads-4',
      stepsPerSecond: 24.1,
      done: 148,
      troubled: 0,
      trouble: null,
      troubledAt: null,
      running: [201, 203, 205].map((number, slot) => running(number, slot)),
      slotStates: [0, 1, 2].map((slot) => ({
        slot,
        pid: 4720 + slot,
        segments: [`s${201 + 2 * slot}`],
        processors: 3.9 - 0.4 * slot,
        memory_bytes: 1.42e9 + 3e8 * slot,
        memory_limit_bytes: 33.6e9,
      })),
      struck: [],
    },
    {
      workerId: 'b',
      host: 'anvil.lab.example.org',
      pid: 920,
      role: 'train',
      slots: 2,
      startedAt: ago(1_700),
      lastSeen: ago(48),
      endedAt: null,
      numericsClass: 'cuda onnxruntime-1.30.0 sm-90',
      stepsPerSecond: 14.3,
      done: 36,
      troubled: 3,
      trouble: 'trainer_died: SIGKILL, out of memory',
      troubledAt: ago(300),
      running: [running(207, 3)],
      slotStates: [],
      struck: [
        {
          sweep: 'dropout-front',
          trial: 106,
          deaths: 3,
          quarantined: true,
          why: 'the trainer process ended with signal SIGKILL',
        },
        {
          sweep: 'dropout-front',
          trial: 207,
          deaths: 1,
          quarantined: false,
          why: 'the trainer process ended with signal SIGKILL',
        },
      ],
    },
  ],
  ...foldedSource(trials),
  // As if each row were right by chance: what the seeds do not show.
  intervals: async (_, groups, metric, which) =>
    groups.map(({ trials: of, mean }) => {
      if (metric !== 'accuracy' || which === 'known') return null;
      const half = 1.96 * Math.sqrt((mean * (1 - mean)) / 460 + 1e-4 / of.length);
      return { lower: mean - half, upper: mean + half, over: 'seeds and rows' };
    }),
  trial: async (number) => ({
    trial: trials[number - 1] ?? trial(number),
    events: allEvents.slice(0, 5).toReversed(),
    losses: stepped(curve(number)),
  }),
  training: async (number) => {
    const row = trials[number - 1] ?? trial(number);
    const scored = (part: number) =>
      metrics({
        accuracy: 0.9 - 0.25 * (1 - part) ** 2,
        accuracy_gap: 0.02 + 0.05 * part,
        loss: 0.6 - 0.3 * part,
        loss_gap: -0.04 - 0.09 * part ** 2,
      });
    return {
      trial: { ...row, metrics: metrics({ reliability, recall_per_class: { ham: 0.971, spam: 0.893 } }) },
      steps: {
        loss: stepped(curve(number)),
        gradient_norm: stepped(curve(number + 7).map((value) => 3 * value)),
        data_loss: stepped(curve(number)),
        tokens: stepped(Array.from({ length: 120 }, (_, step) => 500 + Math.round(90 * noise(step)))),
        step_seconds: stepped(Array.from({ length: 120 }, (_, step) => 0.1 + 0.02 * noise(number, step))),
        memory_bytes: stepped(Array.from({ length: 120 }, (_, step) => 1.2e9 + 2e6 * Math.min(step, 40))),
        learning_rate: stepped(
          Array.from({ length: 120 }, (_, step) => 5e-4 * Math.min(1, step / 12, (120 - step) / 108)),
        ),
      },
      onTheWay: [30, 60, 90, 120].map((step) => ({ step, metrics: scored(step / 120) })),
      byMembers: [1, 2, 4, 8].map((members) => ({
        members,
        metrics: metrics({ accuracy: 0.88 + 0.01 * Math.log2(members) }),
      })),
      events: allEvents.slice(0, 12).toReversed(),
      constants: {
        loss_bound: 0.69,
        lipschitz: 2.1,
        hessian_minimum: 0.031,
        implicit_sparsity: 0.012,
        confidence: 0.05,
        train_rows: 512,
        method: 'made up',
      },
    };
  },
  outputs: async () => ({
    confusion: {
      down: 'label',
      across: 'predicted',
      rows: ['ham', 'spam'],
      columns: ['ham', 'spam'],
      counts: [
        [301, 9],
        [16, 134],
      ],
    },
    byMembers: [1, 2, 3, 4, 5, 6, 7, 8].map((members) => {
      const mean = 0.88 + 0.01 * Math.log2(members);
      const half = members === 8 ? null : 0.012 / Math.sqrt(members);
      return { members, mean, lower: half === null ? null : mean - half, upper: half === null ? null : mean + half };
    }),
  }),
  effects: async (metric) => axisEffects(cockpitSnapshot(), metric),
  watch: () => undefined,
};
