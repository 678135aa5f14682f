import { expect, it } from 'vitest';
import { averagedWords } from '../../src/sweep/averaged-words.ts';

it('nothing is averaged of a single member or pass', () => {
  const of = (mode: 'ensemble' | 'expected', members: number): string =>
    averagedWords({ mode, ensemble_size: members, aggregate: 'logits' });
  expect([of('ensemble', 8), of('ensemble', 1), of('expected', 1)]).toEqual(['logits', 'single member', 'single pass']);
});
