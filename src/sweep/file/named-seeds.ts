import { stream } from '../../random/stream.ts';

/** Seeds stay readable in tables, and far apart enough that few are alike. */
const bound = 1_000_000;

/**
 * Seeds of a name, no two alike: the stream (0, 'seeds', name), what it repeats left out. The first of a longer list are
 * those of a shorter one, so that repeats may be added to a sweep.
 * @param count at most 1000
 */
export function namedSeeds(name: string, count: number): readonly number[] {
  const source = stream(0, 'seeds', name);
  const seeds = new Set<number>();
  while (seeds.size < count) for (const seed of source.integers(1, bound)) seeds.add(seed);
  return [...seeds];
}
