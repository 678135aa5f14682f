import { paretoFront } from '../stats/pareto-front.ts';
import type { SweepSnapshot, TradeoffPoint, TrialRow } from '../store/views/sweep-snapshot.ts';
import { measure } from '../metrics/metrics.ts';
import { headingOf, tradeoffObjective } from '../tasks/task-metrics.ts';

export type TrialPoint = TradeoffPoint;

/** The first objective against complexity: what the scatter draws. */
export interface Tradeoff {
  /** The objective's heading. */
  readonly heading: string;
  readonly points: readonly TrialPoint[];
  /** By ascending complexity. */
  readonly front: readonly TrialPoint[];
  /** Trials that have no complexity or no objective (yet). */
  readonly missing: number;
  /** The front's trials were not all trained in one numerics class: their last bits are not comparable. */
  readonly mixedNumerics: boolean;
}

/** Snapshots never change: each is worked out once, however often it is drawn. */
const worked = new WeakMap<SweepSnapshot, Tradeoff>();

export function tradeoff(snapshot: SweepSnapshot): Tradeoff {
  const found = worked.get(snapshot) ?? tradeoffOf(snapshot);
  worked.set(snapshot, found);
  return found;
}

/** Theorem 4.4's trade-off over the trials that are scored: the objective against the complexity proxy. */
function tradeoffOf(snapshot: SweepSnapshot): Tradeoff {
  const { definition } = snapshot;
  const { metric, direction } = tradeoffObjective(definition);
  const points = snapshot.points ?? snapshot.trials.flatMap((trial) => pointOf(trial, metric));
  const front = paretoFront(points, [
    { direction, value: (point) => point.value },
    { direction: 'minimize', value: (point) => point.complexity },
  ]);
  front.sort((a, b) => a.complexity - b.complexity || a.trial - b.trial);
  const classes = new Set(front.flatMap(({ numericsClass }) => numericsClass ?? []));
  const missing = snapshot.trialCount - points.reduce((sum, { count = 1 }) => sum + count, 0);
  return { heading: headingOf(definition, metric), points, front, missing, mixedNumerics: classes.size > 1 };
}

function pointOf(trial: TrialRow, metric: string): readonly TrialPoint[] {
  const value = measure(trial, metric);
  return value === null || trial.complexity === null
    ? []
    : [{ trial: trial.trial, value, complexity: trial.complexity, numericsClass: trial.numericsClass }];
}
