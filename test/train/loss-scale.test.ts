import { describe, expect, it } from 'vitest';
import { decideScale, initialLossScale, type LossScale } from '../../src/train/engine/passes/loss-scale.ts';

const good = { loss: 1, nonFinite: false };
const overflowed = { loss: 1, nonFinite: true };

function after(start: LossScale, steps: number): LossScale {
  let lossScale = start;
  for (let step = 0; step < steps; step += 1) {
    const decided = decideScale(lossScale, good);
    if (decided.kind !== 'taken') throw new Error(decided.kind);
    ({ lossScale } = decided);
  }
  return lossScale;
}

describe('the loss scale', () => {
  it('begins at 65,536 and doubles after every 2,000 good steps, to 2²⁴ at most', () => {
    expect(initialLossScale).toEqual({ scale: 65_536, goodSteps: 0 });
    expect(after(initialLossScale, 1_999)).toEqual({ scale: 65_536, goodSteps: 1_999 });
    expect(after(initialLossScale, 2_000)).toEqual({ scale: 131_072, goodSteps: 0 });
    expect(after(initialLossScale, 30_000)).toEqual({ scale: 2 ** 24, goodSteps: 0 });
  });

  it('halves where a gradient overflows, and counts good steps anew', () => {
    expect(decideScale({ scale: 1_024, goodSteps: 1_999 }, overflowed)).toEqual({
      kind: 'again',
      lossScale: { scale: 512, goodSteps: 0 },
    });
  });

  it('gives up where it would fall below 1', () => {
    expect(decideScale({ scale: 2, goodSteps: 0 }, overflowed)).toMatchObject({ kind: 'again' });
    expect(decideScale({ scale: 1, goodSteps: 0 }, overflowed)).toEqual({ kind: 'diverged' });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('gives up at once where the loss is %s', (loss) => {
    expect(decideScale(initialLossScale, { loss, nonFinite: true })).toEqual({ kind: 'diverged' });
  });
});
