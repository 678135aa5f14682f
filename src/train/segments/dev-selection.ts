import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';

/** The weights of one step, and what they scored. */
export interface KeptWeights {
  readonly step: number;
  readonly value: number;
  readonly parameters: Float32Array;
}

/** A training's state of its looks at the dev rows; whole in a checkpoint. */
export interface DevSelection {
  /** The last step that was looked at; 0: none. */
  readonly lookedAt: number;
  /** Looks since the best. */
  readonly misses: number;
  /** Null: no look has had a number yet. */
  readonly kept: KeptWeights | null;
  /** The step after which nothing was trained any more, for want of better; null: it goes on. */
  readonly stoppedAt: number | null;
}

export const noSelection: DevSelection = { lookedAt: 0, misses: 0, kept: null, stoppedAt: null };

/** The finding at a step. */
export interface DevLook {
  readonly step: number;
  /** Null: the metric is undefined there. */
  readonly value: number | null;
  readonly parameters: Float32Array;
}

export interface SelectionRule {
  readonly direction: 'maximize' | 'minimize';
  /** Looks in a row without a better one, after which a training stops; null: it never does. */
  readonly patience: number | null;
}

/** The state after one look more. Better is better than all before: of equals the earliest stays. */
export function afterLook(
  { direction, patience }: SelectionRule,
  before: DevSelection,
  { step, value, parameters }: DevLook,
): DevSelection {
  const best = before.kept?.value ?? null;
  const isBetter = value !== null && (best === null || (direction === 'maximize' ? value > best : value < best));
  if (isBetter) {
    return { lookedAt: step, misses: 0, kept: { step, value, parameters }, stoppedAt: null };
  }
  const misses = before.misses + 1;
  return { ...before, lookedAt: step, misses, stoppedAt: patience !== null && misses >= patience ? step : null };
}

/** Steps from one look to the next. */
export function lookInterval(
  { keep_every: every = 'epoch', epochs }: Pick<TrainingConfiguration, 'keep_every' | 'epochs'>,
  totalSteps: number,
): number {
  return every === 'epoch' ? Math.max(1, Math.round(totalSteps / epochs)) : every;
}

/** Whether a training that has come to a step has to look at the dev rows before it goes on. */
export function looksAt(interval: number, totalSteps: number, step: number, before: DevSelection): boolean {
  const { lookedAt, stoppedAt } = before;
  return stoppedAt === null && step > lookedAt && (step === totalSteps || step % interval === 0);
}
