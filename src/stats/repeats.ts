/**
 * One configuration as noise sees it: trained with several seeds, each scored on the same rows. Seeds and rows both vary,
 * and they are crossed: a hard row is hard for every seed.
 */
export interface Repeats {
  /** Trainings of the configuration, at least one. */
  readonly seeds: number;
  /** Rows that each of them was scored on. */
  readonly rows: number;
  /**
   * The metric of one seed on some of the rows, by their numbers, a row as often as it stands there.
   * @returns null where the metric is not defined on these rows, for instance a correlation of equal values
   */
  statistic(seed: number, rows: Uint32Array): number | null;
}

/** All rows, each once. */
export function everyRow(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row);
}

/** The metric's mean over the seeds named, a seed as often as it stands there; null where one of them has none. */
export function meanOverSeeds(repeats: Repeats, seeds: Uint32Array, rows: Uint32Array): number | null {
  let sum = 0;
  const known = new Map<number, number | null>();
  for (const seed of seeds) {
    const value = known.has(seed) ? known.get(seed) : repeats.statistic(seed, rows);
    if (value === undefined || value === null || Number.isNaN(value)) return null;
    known.set(seed, value);
    sum += value;
  }
  return sum / seeds.length;
}
