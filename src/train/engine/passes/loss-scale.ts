/** The factor of the loss's gradient on its way back through products in float16, and how that has gone. */
export interface LossScale {
  /** A power of two: multiplying by it and dividing again rounds nothing. */
  readonly scale: number;
  /** Steps without an overflow since the scale last changed. */
  readonly goodSteps: number;
}

/** The outcome of a step. */
export type ScaledStep =
  | { readonly kind: 'taken'; readonly lossScale: LossScale }
  /** The gradient overflowed: the step is taken again with this scale. */
  | { readonly kind: 'again'; readonly lossScale: LossScale }
  | { readonly kind: 'diverged' };

export const initialLossScale: LossScale = { scale: 2 ** 16, goodSteps: 0 };

const largestScale = 2 ** 24;
const smallestScale = 1;
/** Good steps after which a scale twice as large is tried. */
const growthInterval = 2_000;

/**
 * Halves the scale where a gradient is not finite while its loss is, and doubles it after 2,000 good steps, as
 * PyTorch's GradScaler with a backoff of 0.5 and a growth of 2; but the batch is taken again at once, where GradScaler
 * goes on to the next one: no batch is lost, and steps of the optimiser, of the schedule and of the masks stay the same
 * numbers. GradScaler has no bounds either: here a scale that would fall below 1 is a training that diverged, as is a
 * loss that is not finite, which no scale can mend.
 */
export function decideScale(
  { scale, goodSteps }: LossScale,
  { loss, nonFinite }: { readonly loss: number; readonly nonFinite: boolean },
): ScaledStep {
  if (nonFinite) {
    const halved = scale / 2;
    if (!Number.isFinite(loss) || halved < smallestScale) return { kind: 'diverged' };
    return { kind: 'again', lossScale: { scale: halved, goodSteps: 0 } };
  }
  if (goodSteps + 1 < growthInterval) return { kind: 'taken', lossScale: { scale, goodSteps: goodSteps + 1 } };
  return { kind: 'taken', lossScale: { scale: Math.min(largestScale, 2 * scale), goodSteps: 0 } };
}
