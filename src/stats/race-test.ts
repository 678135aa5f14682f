import { meanOf } from './mean-of.ts';
import { studentCdf } from './student-distribution.ts';

/** Scores of one configuration's repeats, by seed. Greater is better. */
export type SeedScores = ReadonlyMap<number, number>;

export interface RaceTest {
  /** Seeds that both have. */
  readonly pairs: number;
  /** Groups of rows that both were scored on with each of them; 0: rows are not told apart. */
  readonly groups: number;
  /** By how much the leader is better over them, in the mean. */
  readonly ahead: number;
  /** Probability of being so far ahead, or more, where the two are equal. */
  readonly probability: number;
  readonly degrees: number;
}

/**
 * Student's one-sided test that the leader is better than a rival, paired on the seeds that both have. Few seeds say
 * little of their own spread, so it is taken from all configurations that have these seeds: what is left of their scores
 * after each one's mean and each seed's, with (configurations − 1)(pairs − 1) degrees of freedom; the pair's own spread
 * counts where it is greater.
 *
 * Where it is told what both reached on groups of the same rows, they are paired on rows as well: rows are a sample as
 * seeds are, and the variance of the difference is the sum of what seeds and what rows contribute to it, each estimated
 * from its own means, so that what both share in is counted twice rather than not at all; degrees of freedom as
 * Satterthwaite gives them. Source of the sum: Owen, The pigeonhole bootstrap (Annals of Applied Statistics 2007).
 *
 * Where nothing varies no t is to be had, and the test is that of signs. Null: fewer than two pairs.
 * @param differences of the leader and the rival on each group of rows, in the mean over their common seeds
 */
export function raceTest(
  leader: SeedScores,
  rival: SeedScores,
  all: Iterable<SeedScores>,
  differences: readonly number[] = [],
): RaceTest | null {
  const seeds = [...leader.keys()].filter((seed) => rival.has(seed));
  const pairs = seeds.length;
  if (pairs < 2) return null;
  const bySeed = seeds.map((seed) => at(leader, seed) - at(rival, seed));
  const ahead = meanOf(bySeed);
  const { variance, degrees: seedDegrees } = residuals(seeds, [...all]);
  const ofSeeds = Math.max(sampleVariance(bySeed), 2 * variance) / pairs;
  const groups = differences.length < 2 ? 0 : differences.length;
  const ofRows = groups === 0 ? 0 : sampleVariance(differences) / groups;
  const spread = ofSeeds + ofRows;
  const degrees = ofRows === 0 ? seedDegrees : spread ** 2 / (ofSeeds ** 2 / seedDegrees + ofRows ** 2 / (groups - 1));
  const known = { pairs, groups, ahead, degrees };
  if (spread === 0) return { ...known, probability: ahead > 0 ? 0.5 ** pairs : 1 };
  return { ...known, probability: studentCdf(-ahead / Math.sqrt(spread), degrees) };
}

/** Of the additive layout configuration + seed, over the configurations that have all of these seeds. */
function residuals(seeds: readonly number[], all: readonly SeedScores[]) {
  const block = all.filter((scores) => seeds.every((seed) => scores.has(seed)));
  const rows = block.map((scores) => seeds.map((seed) => at(scores, seed)));
  const seedMeans = seeds.map((_, place) => meanOf(rows.map((row) => row[place] ?? 0)));
  const grand = meanOf(seedMeans);
  let sum = 0;
  for (const row of rows) {
    const own = meanOf(row);
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

/** n − 1. */
function sampleVariance(values: readonly number[]): number {
  const middle = meanOf(values);
  return values.reduce((sum, each) => sum + (each - middle) ** 2, 0) / (values.length - 1);
}
