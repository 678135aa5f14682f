import { baseOfGap, gapRows, measure, metricNamed, trainName } from '../../metrics/metrics.ts';
import { withinRange } from '../../metrics/parts/within-range.ts';
import { intervalOfParts, type VariancePart } from '../../stats/interval-of-parts.ts';
import { meanOf } from '../../stats/mean-of.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { ShownInterval } from './format-interval.ts';

export interface GapInterval extends ShownInterval {
  /** The repeats that the interval is over; null: there is none. */
  readonly over: 'seeds' | 'rows' | 'seeds and rows' | null;
}

/**
 * The mean of a gap over trials: in each seed over those that have it, then over seeds, for trials of one seed are no
 * repeats of one another. Train and evaluated rows are samples too, whatever the seeds are: of a mean over rows that lies
 * between 0 and 1 each side varies by m (1 − m) / n at most, which is what right or wrong rows vary by. Of a loss nothing is
 * stored that tells of the train rows, and its interval is over seeds alone. Null: no trial has the gap.
 */
export function gapInterval(trials: readonly TrialRow[], gap: string): GapInterval | null {
  const bySeed = new Map<number, number[]>();
  for (const trial of trials) {
    const value = measure(trial, gap);
    const { seed } = trial.configuration;
    if (value !== null) bySeed.set(seed, [...(bySeed.get(seed) ?? []), value]);
  }
  if (bySeed.size === 0) return null;
  const values = [...bySeed.values()].map(meanOf);
  const mean = meanOf(values);
  const ofSeeds = seedsPart(values);
  const ofRows = rowsParts(trials, gap);
  const parts = [...ofSeeds, ...ofRows];
  const found = intervalOfParts(mean, parts);
  const [seeds, rows] = [ofSeeds.some(({ variance }) => variance > 0), ofRows.some(({ variance }) => variance > 0)];
  return {
    ...withinRange(gap, { mean, lower: found?.lower ?? null, upper: found?.upper ?? null }),
    over: found === null ? null : !rows ? 'seeds' : seeds ? 'seeds and rows' : 'rows',
  };
}

function seedsPart(values: readonly number[]): readonly VariancePart[] {
  if (values.length < 2) return [];
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [{ variance: squares / (values.length - 1) / values.length, degrees: values.length - 1 }];
}

/** Of the train rows and the evaluated rows; none where the metric is no share, or the evaluations do not say how many. */
function rowsParts(trials: readonly TrialRow[], gap: string): readonly VariancePart[] {
  const base = baseOfGap(gap);
  const metric = base === null ? null : metricNamed(base);
  const isShare = metric?.over === 'rows' && metric.range[0] === 0 && metric.range[1] === 1;
  if (base === null || !isShare) return [];
  return [part(trials, base, 'rows'), part(trials, trainName(base), gapRows)].filter((one) => one !== null);
}

function part(trials: readonly TrialRow[], metric: string, counted: string): VariancePart | null {
  const shares = trials.flatMap((trial) => measure(trial, metric) ?? []);
  // Evaluations that do not say otherwise looked at as many train rows as evaluated rows.
  const counts = trials.flatMap((trial) => measure(trial, counted) ?? measure(trial, 'rows') ?? []);
  if (shares.length === 0 || counts.length === 0) return null;
  const [share, rows] = [meanOf(shares), Math.min(...counts)];
  return { variance: (share * (1 - share)) / rows, degrees: rows - 1 };
}
