import { expect, it } from 'vitest';
import { formatCount } from '../../src/base/format-count.ts';
import { readSourceFiles } from '../architecture/source-files.ts';

it('one is one, and everything else is several', () => {
  expect([0, 1, 2].map((count) => formatCount(count, 'rival'))).toEqual(['0 rivals', '1 rival', '2 rivals']);
  expect([1, 2].map((count) => formatCount(count, 'class', 'classes'))).toEqual(['1 class', '2 classes']);
});

/** A share of many reads well with one too: `1 of 1 rows`. */
const counted =
  /(?<!\b(of|all|none of) |\/)\$\{(?!format)[^{}]*\} (rows|trials|trainings|sweeps|steps|tokens|words|tags|texts|questions|classes|labels|outputs|inputs|columns|files|points|seeds|pairs|members|epochs|rungs|attempts|events|evaluations|days|problems|examples|windows|linears)\b/g;

/** No count that can be 1: a split's name, where rows come from, the places of a metric. */
const names = /\$\{(split|place|places|trial\.evaluation\.split)\}/;

it('a count in a text has its noun by formatCount, or one row would be 1 rows', () => {
  // What a fold decides is recorded with its reason, and compared when it is replayed: its texts stay as they are.
  const files = readSourceFiles(['src', 'workflows', 'activities']).filter(
    ({ path }) => !/^src\/(search\/(fold|schedulers)|stats)\//.test(path),
  );
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap(({ path, text }) =>
    [...text.matchAll(counted)].filter(([match]) => !names.test(match)).map(([match]) => `${path}: ${match}`),
  );
  expect(found).toEqual([]);
});
