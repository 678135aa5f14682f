import type { SweepSnapshot } from '../store/sweep-snapshot.ts';
import { paretoFront, type TradeoffPoint } from './pareto-front.ts';
import { trialValue } from './trial-value.ts';

export interface TrialPoint extends TradeoffPoint {
  readonly trial: number;
  /** The objective as it is, not turned. */
  readonly value: number;
}

/** The first objective against complexity: what the scatter draws. */
export interface Tradeoff {
  readonly metric: string;
  readonly direction: 'maximize' | 'minimize';
  readonly points: readonly TrialPoint[];
  /** By ascending complexity. */
  readonly front: readonly TrialPoint[];
  /** Trials that have no complexity or no objective (yet). */
  readonly missing: number;
}

/** Theorem 4.4's trade-off over the trials that are scored: the objective against the complexity proxy. */
export function tradeoff(snapshot: SweepSnapshot): Tradeoff {
  const objective = snapshot.definition.objectives.find(({ metric }) => metric !== 'complexity');
  const metric = objective?.metric ?? 'accuracy';
  const direction = objective?.direction ?? 'maximize';
  const points = snapshot.trials.flatMap((trial): readonly TrialPoint[] => {
    const value = trialValue(trial, metric);
    if (value === null || trial.complexity === null) return [];
    const score = direction === 'maximize' ? value : -value;
    return [{ trial: trial.trial, value, score, cost: trial.complexity }];
  });
  return { metric, direction, points, front: paretoFront(points), missing: snapshot.trials.length - points.length };
}
