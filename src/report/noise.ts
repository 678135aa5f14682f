import { setOfMetric } from '../metrics/set-metric.ts';
import { withinRange } from '../metrics/within-range.ts';
import { meanOfRows, type RowScores } from '../evaluate/row-scores.ts';
import {
  bootstrapDefaults,
  type BootstrapInterval,
  type BootstrapOptions,
  hierarchicalBootstrap,
  pairedBootstrap,
} from '../stats/hierarchical-bootstrap.ts';
import { holm } from '../stats/holm.ts';
import { mcnemarExact } from '../stats/mcnemar.ts';
import type { Repeats } from '../stats/repeats.ts';
import { selectionOptimism } from '../stats/selection-optimism.ts';
import type { TrialRow } from '../store/views/sweep-snapshot.ts';
import type { Objective } from '../sweep/vocabulary.ts';
import type { RankedScore } from './configuration-scores.ts';

/** A number of the whole set is computed anew for each replicate; a mean over rows is added up. */
const corpusReplicates = 200;
const level = 0.95;

/** How one configuration compares with another, on the same seeds and rows. */
export interface Comparison {
  /** The first's mean minus the other's, such as the winner's minus a loser's. */
  readonly difference: BootstrapInterval;
  /** Two-sided, after Holm's correction for all comparisons made. */
  readonly probability: number;
}

/** Trials that are repeats of one another; those without metrics are not scored, others are. */
interface Repeated {
  readonly trials: readonly (Pick<TrialRow, 'trial'> & Partial<Pick<TrialRow, 'metrics'>>)[];
}

/** The one model of noise: seeds and evaluated rows both vary, and a comparison is paired on both. */
export class Noise {
  readonly #scores: ReadonlyMap<number, RowScores>;

  /** @param scores by trial, of the configurations that are shown */
  constructor(scores: ReadonlyMap<number, RowScores>) {
    this.#scores = scores;
  }

  /** Whether the outputs of every repeat that is scored are there. */
  knows(score: RankedScore, metric: string): boolean {
    return this.#repeats(score, metric) !== null;
  }

  /** Null where the outputs of some scored repeat are not there, or the metric is undefined. */
  interval(score: Repeated, metric: string): BootstrapInterval | null {
    const repeats = this.#repeats(score, metric);
    const found = repeats === null ? null : hierarchicalBootstrap(repeats, this.#options(score, metric));
    if (found === null) return null;
    return withinRange(metric, this.#isUnanimous(score, metric) ? { ...found, ...unanimous(found) } : found);
  }

  /** The winner against each of the others; null where the two share neither seeds nor rows. */
  comparisons(winner: RankedScore, others: readonly RankedScore[], metric: string): readonly (Comparison | null)[] {
    return this.pairs(
      others.map((other) => [winner, other]),
      metric,
    );
  }

  /** The first of each pair against the second, corrected for so many comparisons. */
  pairs(pairs: readonly (readonly [RankedScore, RankedScore])[], metric: string): readonly (Comparison | null)[] {
    const found = pairs.map(([one, other]) => this.#compare(one, other, metric));
    const corrected = holm(found.flatMap((one) => (one === null ? [] : [one.probability])));
    let next = 0;
    return found.map((one) => {
      if (one === null) return null;
      const probability = corrected[next] ?? 1;
      next += 1;
      return { difference: one.difference, probability };
    });
  }

  /**
   * The mean difference over pairs of configurations, of each pair the first minus the second: in the seeds that all of
   * them have, on the same rows. Of a mean over rows alone: null of any other metric, where the outputs of some trial are not
   * there, or no seed is in all pairs.
   */
  effect(pairs: readonly (readonly [RankedScore, RankedScore])[], metric: string): BootstrapInterval | null {
    const seeds = commonSeeds(pairs.flat());
    const vectors = seeds.map((seed) => this.#meanDifference(pairs, seed, metric));
    const rows = vectors[0]?.length ?? 0;
    const weights = this.#sharedWeights(pairs.flat(), metric, rows);
    if (rows === 0 || weights === null || vectors.some((vector) => vector?.length !== rows)) return null;
    const statistic = (seed: number, chosen: Uint32Array): number | null => {
      const vector = vectors[seed];
      return vector === undefined || vector === null ? null : meanOfRows(vector, weights, chosen);
    };
    return hierarchicalBootstrap({ seeds: seeds.length, rows, statistic }, { ...bootstrapDefaults, level });
  }

  /** Of each row in the metric's mean; null where the trials' rows do not count alike: their lengths were cut otherwise. */
  #sharedWeights(scores: readonly RankedScore[], metric: string, rows: number): Float64Array | null {
    const alike = new Float64Array(rows).fill(1);
    let shared: Float64Array | null = null;
    for (const { trial } of scores.flatMap(({ trials }) => trials)) {
      const own: Float64Array = this.#scores.get(trial)?.weights(metric) ?? alike;
      shared ??= own;
      const weighed: Float64Array = shared;
      if (own !== weighed && (own.length !== weighed.length || own.some((weight, row) => weight !== weighed[row])))
        return null;
    }
    return shared;
  }

  /** By row; null where some trial has no value of each row, or other rows. */
  #meanDifference(
    pairs: readonly (readonly [RankedScore, RankedScore])[],
    seed: number,
    metric: string,
  ): Float64Array | null {
    const ofSeed = ({ trials }: RankedScore): Float64Array | null => {
      const trial = trials.find(({ configuration }) => configuration.seed === seed)?.trial;
      return trial === undefined ? null : (this.#scores.get(trial)?.perRow(metric) ?? null);
    };
    let sum: Float64Array | null = null;
    for (const [one, other] of pairs) {
      const [a, b] = [ofSeed(one), ofSeed(other)];
      if (a === null || b === null || a.length !== b.length || (sum !== null && sum.length !== a.length)) return null;
      sum ??= new Float64Array(a.length);
      for (const [row, value] of a.entries())
        sum[row] = (sum[row] ?? 0) + (value - (b[row] ?? Number.NaN)) / pairs.length;
    }
    return sum;
  }

  /** How much too good the winner looks because it was chosen of these; null where they cannot be paired. */
  optimism(shown: readonly RankedScore[], { metric, direction }: Objective): number | null {
    const repeats = shown.flatMap((score) => this.#repeats(score, metric) ?? []);
    const [first] = repeats;
    const paired = repeats.every(({ seeds, rows }) => seeds === first?.seeds && rows === first.rows);
    const perRow = shown.every((score) => score.trials.every(({ trial }) => this.#perRow(trial, metric)));
    if (first === undefined || repeats.length < shown.length || !paired || !perRow) return null;
    return selectionOptimism(repeats, direction, { ...bootstrapDefaults, replicates: 400 });
  }

  #compare(
    winner: RankedScore,
    other: RankedScore,
    metric: string,
  ): { readonly difference: BootstrapInterval; readonly probability: number } | null {
    const seeds = pairedSeeds(winner, other);
    const [one, another] = [ofSeeds(winner, seeds), ofSeeds(other, seeds)];
    const [a, b] = [this.#repeats(one, metric), this.#repeats(another, metric)];
    if (a === null || b === null || a.seeds !== b.seeds || a.rows !== b.rows) return null;
    const difference = pairedBootstrap(a, b, this.#options(one, metric));
    if (difference === null) return null;
    return { difference, probability: this.#exact(one, another, metric) ?? difference.probability };
  }

  /** Whether every repeat is right in each of its rows, or in none: resampling them tells nothing. */
  #isUnanimous({ trials }: Repeated, metric: string): boolean {
    const rows = scoredOf(trials).map(({ trial }) => this.#perRow(trial, metric));
    const [first] = rows[0] ?? [];
    return (first === 0 || first === 1) && rows.every((values) => values?.every((value) => value === first) === true);
  }

  /** McNemar's exact test, for one training each whose rows are right or wrong. */
  #exact(winner: Repeated, other: Repeated, metric: string): number | null {
    if (winner.trials.length !== 1) return null;
    const [a, b] = [winner, other].map(({ trials: [first] }) =>
      first === undefined ? null : this.#perRow(first.trial, metric),
    );
    if (a === null || a === undefined || b === null || b === undefined) return null;
    if (![a, b].every(isRightOrWrong)) return null;
    let onlyFirst = 0;
    let onlySecond = 0;
    for (const [row, value] of a.entries()) {
      if (value > (b[row] ?? 0)) onlyFirst += 1;
      else if (value < (b[row] ?? 0)) onlySecond += 1;
    }
    return mcnemarExact(onlyFirst, onlySecond);
  }

  #repeats({ trials }: Repeated, metric: string): Repeats | null {
    const wanted = scoredOf(trials);
    const scored = wanted.flatMap(({ trial }) => this.#scoresOf(trial, metric) ?? []);
    const rows = scored[0]?.scores.rows;
    if (rows === undefined || scored.length < wanted.length || scored.some((one) => one.scores.rows !== rows))
      return null;
    const statistic = (seed: number, chosen: Uint32Array) => {
      const one = scored[seed];
      return one === undefined ? null : one.scores.value(one.metric, chosen);
    };
    return { seeds: scored.length, rows, statistic };
  }

  #perRow(trial: number, metric: string): Float64Array | null {
    const found = this.#scoresOf(trial, metric);
    return found === null ? null : found.scores.perRow(found.metric);
  }

  /** The rows that a metric is of, a further set's or the trial's own, and what it is called there. */
  #scoresOf(trial: number, metric: string): { readonly scores: RowScores; readonly metric: string } | null {
    const own = this.#scores.get(trial);
    const named = setOfMetric(metric);
    const scores = named === null ? own : own?.sets?.get(named.set);
    return scores === undefined ? null : { scores, metric: named?.metric ?? metric };
  }

  #options({ trials }: Repeated, metric: string): BootstrapOptions {
    const [first] = scoredOf(trials);
    const perRow = first !== undefined && this.#perRow(first.trial, metric) !== null;
    return { ...bootstrapDefaults, level, ...(perRow ? {} : { replicates: corpusReplicates }) };
  }
}

/** Seeds that each of the configurations is scored with. */
function commonSeeds(scores: readonly RankedScore[]): readonly number[] {
  const seedsOf = ({ trials }: RankedScore): readonly number[] =>
    trials.flatMap(({ configuration, metrics }) => (metrics === null ? [] : [configuration.seed]));
  const [first, ...rest] = scores.map((score) => new Set(seedsOf(score)));
  return first === undefined ? [] : [...first].filter((seed) => rest.every((seeds) => seeds.has(seed)));
}

/**
 * Seeds that two configurations are compared in: those that both are scored with. A single one that is not all of either
 * would tell of the rows alone, and nothing of the seeds that differ.
 */
function pairedSeeds(one: RankedScore, other: RankedScore): ReadonlySet<number> {
  const common = commonSeeds([one, other]);
  const most = Math.max(scoredOf(one.trials).length, scoredOf(other.trials).length);
  return new Set(common.length > 1 || common.length === most ? common : []);
}

function ofSeeds({ trials }: RankedScore, seeds: ReadonlySet<number>): Repeated {
  return { trials: trials.filter(({ configuration }) => seeds.has(configuration.seed)) };
}

function scoredOf<Trial extends Repeated['trials'][number]>(trials: readonly Trial[]): readonly Trial[] {
  return trials.filter(({ metrics }) => metrics !== null);
}

/**
 * Clopper and Pearson's interval of a share that is 0 or 1 in a sample of rows. Of no error in n rows it says that there
 * may be up to about 3.7 / n.
 */
function unanimous({ estimate, rows }: BootstrapInterval): { readonly lower: number; readonly upper: number } {
  const beyond = 1 - ((1 - level) / 2) ** (1 / rows);
  return estimate === 0 ? { lower: 0, upper: beyond } : { lower: 1 - beyond, upper: 1 };
}

function isRightOrWrong(values: ArrayLike<number>): boolean {
  return Array.from(values).every((value) => value === 0 || value === 1);
}
