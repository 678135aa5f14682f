import { stream } from '../random/stream.ts';
import { everyRow, meanOverSeeds, type Repeats } from './repeats.ts';
import { varianceOf } from './variance-of.ts';
import { studentCdf, studentQuantile } from './student-distribution.ts';
import { isRounding } from './student-interval.ts';

export interface BootstrapOptions {
  /** e.g. 0.95 */
  readonly level: number;
  readonly replicates: number;
  /** Seed of the bootstrap's own draws; the same seed draws the same seeds and rows, so that comparisons are paired. */
  readonly seed: number;
}

export const bootstrapDefaults: BootstrapOptions = { level: 0.95, replicates: 1_000, seed: 0 };

export interface BootstrapInterval {
  /** Mean over the seeds on all rows. */
  readonly estimate: number;
  /** Null where nothing varies: that every row says the same is no certainty. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly standardError: number;
  /** Degrees of freedom of Student's distribution that the interval is taken from. */
  readonly degrees: number;
  /** Two-sided probability of an estimate this far from 0 where the truth is 0; where nothing varies, by the rows' signs. */
  readonly probability: number;
  readonly seeds: number;
  readonly rows: number;
}

/** The draws that make one replicate. */
export interface Resample {
  readonly seeds: Uint32Array;
  readonly rows: Uint32Array;
}

const drawn = new Map<string, readonly Resample[]>();

/** All replicates, drawn once for each design: comparisons of many configurations are over the same ones. */
export function resamples(
  repeats: Pick<Repeats, 'seeds' | 'rows'>,
  { seed, replicates }: Pick<BootstrapOptions, 'seed' | 'replicates'>,
): readonly Resample[] {
  const key = [repeats.seeds, repeats.rows, seed, replicates].join();
  const known = drawn.get(key);
  if (known !== undefined) return known;
  const all = Array.from({ length: replicates }, (_, replicate) => resample(repeats, seed, replicate));
  // Of a few designs: those of one report.
  if (drawn.size >= 8) drawn.clear();
  drawn.set(key, all);
  return all;
}

/**
 * A replicate of the crossed design: seeds and rows are drawn with replacement, each one fewer than there are, which
 * makes the variance of the replicates that of the mean, and not (n − 1)/n of it (Rao and Wu 1988): with two or three
 * seeds that is half or two thirds. A single seed stays.
 */
function resample(repeats: Pick<Repeats, 'seeds' | 'rows'>, seed: number, replicate: number): Resample {
  const { seeds, rows } = repeats;
  return {
    seeds: stream(seed, 'bootstrap.seeds', seeds, replicate).integers(Math.max(1, seeds - 1), seeds),
    rows: stream(seed, 'bootstrap.rows', rows, replicate).integers(Math.max(1, rows - 1), rows),
  };
}

/**
 * Interval of a configuration's mean by the bootstrap over seeds and rows, of Student's shape. The degrees of freedom
 * follow from how much of the variance the seeds have (Satterthwaite): few seeds that differ widen it, two seeds that
 * agree leave the rows' noise, never ±0. With one seed only the rows vary, and the interval says nothing of other
 * seeds. Drawing seeds and rows at once counts their interaction more than once (Owen 2007), so that the interval
 * covers slightly more than its level.
 * @returns null where the metric is undefined on all rows, or on too many replicates to tell
 */
export function hierarchicalBootstrap(
  repeats: Repeats,
  options: BootstrapOptions = bootstrapDefaults,
): BootstrapInterval | null {
  const { seeds, rows } = repeats;
  const allSeeds = everyRow(seeds);
  const allRows = everyRow(rows);
  const estimate = meanOverSeeds(repeats, allSeeds, allRows);
  if (estimate === null) return null;
  const replicates: number[] = [];
  for (const { seeds: chosen, rows: picked } of resamples(repeats, options)) {
    const value = meanOverSeeds(repeats, chosen, picked);
    if (value !== null) replicates.push(value);
  }
  if (replicates.length < options.replicates / 2) return null;
  const ofSeeds = varianceOverSeeds(repeats, allRows);
  const total = Math.max(varianceOf(replicates), ofSeeds);
  const degrees = satterthwaite(total, ofSeeds, seeds, rows);
  const error = Math.sqrt(total);
  const standardError = isRounding(error, estimate) ? 0 : error;
  const half = standardError === 0 ? null : studentQuantile((1 + options.level) / 2, degrees) * standardError;
  return {
    estimate,
    lower: half === null ? null : estimate - half,
    upper: half === null ? null : estimate + half,
    standardError,
    degrees,
    probability:
      standardError === 0 ? bySigns(estimate, rows) : 2 * studentCdf(-Math.abs(estimate) / standardError, degrees),
    seeds,
    rows,
  };
}

/**
 * The difference a − b of two configurations with the same seeds and rows, replicate by replicate on the same draws.
 * @throws RangeError where seeds or rows are not the same in number
 */
export function pairedBootstrap(
  a: Repeats,
  b: Repeats,
  options: BootstrapOptions = bootstrapDefaults,
): BootstrapInterval | null {
  if (a.seeds !== b.seeds || a.rows !== b.rows) {
    throw new RangeError(`cannot pair ${a.seeds} seeds x ${a.rows} rows with ${b.seeds} seeds x ${b.rows} rows`);
  }
  const difference: Repeats = {
    seeds: a.seeds,
    rows: a.rows,
    statistic: (seed, rows) => {
      const first = a.statistic(seed, rows);
      const second = first === null ? null : b.statistic(seed, rows);
      return first === null || second === null ? null : first - second;
    },
  };
  return hierarchicalBootstrap(difference, options);
}

/** Variance of the mean over seeds that the seeds' own differences show; 0 for a single seed. */
function varianceOverSeeds(repeats: Repeats, rows: Uint32Array): number {
  const { seeds } = repeats;
  if (seeds < 2) return 0;
  const values = Array.from({ length: seeds }, (_, seed) => repeats.statistic(seed, rows) ?? Number.NaN);
  return varianceOf(values) / seeds;
}

function satterthwaite(total: number, ofSeeds: number, seeds: number, rows: number): number {
  const ofRows = total - ofSeeds;
  const freedom = ofSeeds ** 2 / Math.max(1, seeds - 1) + ofRows ** 2 / Math.max(1, rows - 1);
  return freedom === 0 ? Math.max(1, rows - 1) : Math.max(1, total ** 2 / freedom);
}

/** All rows are apart by the same: as improbable as so many coins that fall alike, by the sign test. */
function bySigns(estimate: number, rows: number): number {
  return estimate === 0 ? 1 : Math.min(1, 2 * 0.5 ** rows);
}
