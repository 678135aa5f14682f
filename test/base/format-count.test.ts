import { expect, it } from 'vitest';
import { formatCount } from '../../src/base/format-count.ts';

it('one is one, and everything else is several', () => {
  expect([0, 1, 2].map((count) => formatCount(count, 'rival'))).toEqual(['0 rivals', '1 rival', '2 rivals']);
  expect([1, 2].map((count) => formatCount(count, 'class', 'classes'))).toEqual(['1 class', '2 classes']);
});
