import { classLoss, nextTokenLoss, spanLoss, squaredLoss } from '../../src/models/heads/losses.ts';
import type { EngineObjective } from '../../src/train/engine/plan-engine.ts';

/** Classes of samples, as a sweep's classification trains them. */
export function classObjective(outputs: number, pooling: 'family' | 'mean' = 'family'): EngineObjective {
  return { head: { of: 'samples', outputs, pooling }, loss: classLoss() };
}

export const targetObjective: EngineObjective = { head: { of: 'samples', outputs: 1 }, loss: squaredLoss };

export const spanObjective: EngineObjective = {
  head: { of: 'tokens', outputs: 2, linear: 'qa_outputs' },
  loss: spanLoss,
};

export const nextTokenObjective: EngineObjective = { head: { of: 'vocabulary' }, loss: nextTokenLoss };
