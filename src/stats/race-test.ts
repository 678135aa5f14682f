import { studentCdf } from './student-interval.ts';

/** Scores of one configuration's repeats, by seed. Greater is better. */
export type SeedScores = ReadonlyMap<number, number>;

export interface RaceTest {
  /** Seeds that both have. */
  readonly pairs: number;
  /** By how much the leader is better over them, in the mean. */
  readonly ahead: number;
  /** Probability of being so far ahead, or more, where the two are equal. */
  readonly probability: number;
  readonly degrees: number;
}

/**
 * Student's one-sided test that the leader is better than a rival, paired on the seeds that both have. Few seeds say
 * little of their own spread, so it is taken from all configurations that have these seeds: what is left of their
 * scores after each one's mean and each seed's, with (configurations − 1)(pairs − 1) degrees of freedom; the pair's own
 * spread counts where it is greater. Where nothing varies no t is to be had, and the test is that of signs. Null: fewer
 * than two pairs.
 */
export function raceTest(leader: SeedScores, rival: SeedScores, all: Iterable<SeedScores>): RaceTest | null {
  const seeds = [...leader.keys()].filter((seed) => rival.has(seed));
  const pairs = seeds.length;
  if (pairs < 2) return null;
  const differences = seeds.map((seed) => at(leader, seed) - at(rival, seed));
  const ahead = mean(differences);
  const own = differences.reduce((sum, each) => sum + (each - ahead) ** 2, 0) / (pairs - 1);
  const { variance, degrees } = residuals(seeds, [...all]);
  const spread = Math.max(own, 2 * variance);
  if (spread === 0) return { pairs, ahead, probability: ahead > 0 ? 0.5 ** pairs : 1, degrees };
  return { pairs, ahead, probability: studentCdf((-ahead * Math.sqrt(pairs)) / Math.sqrt(spread), degrees), degrees };
}

/** Of the additive layout configuration + seed, over the configurations that have all of these seeds. */
function residuals(seeds: readonly number[], all: readonly SeedScores[]) {
  const block = all.filter((scores) => seeds.every((seed) => scores.has(seed)));
  const rows = block.map((scores) => seeds.map((seed) => at(scores, seed)));
  const seedMeans = seeds.map((_, place) => mean(rows.map((row) => row[place] ?? 0)));
  const grand = mean(seedMeans);
  let sum = 0;
  for (const row of rows) {
    const own = mean(row);
    row.forEach((value, place) => {
      sum += (value - own - (seedMeans[place] ?? 0) + grand) ** 2;
    });
  }
  const degrees = (rows.length - 1) * (seeds.length - 1);
  return { variance: sum / degrees, degrees };
}

function at(scores: SeedScores, seed: number): number {
  const value = scores.get(seed);
  if (value === undefined) throw new RangeError(`no score of seed ${seed}`);
  return value;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
