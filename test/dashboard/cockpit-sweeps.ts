import type { SweepOverviewRow } from '../../src/store/views/sweep-overview.ts';
import { ago } from './sweep-fixture.ts';

const sweepRow = (change: Partial<SweepOverviewRow>): SweepOverviewRow => ({
  name: 'dropout-front',
  sweepId: '1',
  state: 'running',
  trainer: 'onnx',
  trainings: 120,
  finished: 94,
  failed: 2,
  trials: 240,
  createdAt: ago(1_860),
  finishedAt: null,
  stepsDone: 11_520,
  stepsTotal: 14_400,
  stepsPerSecond: 38.4,
  objective: 'accuracy',
  best: 0.9229,
  failures: { diverged: 1, out_of_memory: 1, infeasible: 0, crashed: 0 },
  tags: [],
  note: null,
  ...change,
});

/** Sweeps of the made-up record. */
export const cockpitSweeps: readonly SweepOverviewRow[] = [
  sweepRow({}),
  sweepRow({
    name: 'rank-and-lambda',
    sweepId: '2',
    failures: { diverged: 0, out_of_memory: 0, infeasible: 0, crashed: 0 },
    state: 'paused',
    finished: 31,
    failed: 0,
    stepsDone: 4_100,
    stepsPerSecond: null,
    best: 0.9014,
    createdAt: ago(90_000),
  }),
  sweepRow({
    name: 'load-test',
    sweepId: '3',
    state: 'completed',
    trainer: 'simulated',
    trainings: 10_000,
    finished: 10_000,
    failed: 7,
    trials: 10_000,
    stepsDone: 100_000,
    stepsTotal: 100_000,
    stepsPerSecond: null,
    best: 0.95,
    createdAt: ago(400_000),
  }),
];
