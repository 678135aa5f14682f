import { withinRange } from '../../metrics/parts/within-range.ts';
import { meanOfRows, type RowScores } from '../../evaluate/row-scores.ts';
import { setOfMetric } from '../../metrics/set-metric.ts';
import {
  bootstrapDefaults,
  type BootstrapInterval,
  type BootstrapOptions,
  hierarchicalBootstrap,
  pairedBootstrap,
} from '../../stats/hierarchical-bootstrap.ts';
import { holm } from '../../stats/holm.ts';
import { mcnemarExact } from '../../stats/mcnemar.ts';
import type { Repeats } from '../../stats/repeats.ts';
import { selectionOptimism } from '../../stats/selection-optimism.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import type { RankedScore } from '../comparing/configuration-scores.ts';
import { commonSeeds, ofSeeds, pairedSeeds, type Repeated, scoredOf } from '../comparing/paired-seeds.ts';

/** A number of the whole set is computed anew for each replicate; a mean over rows is added up. */
const corpusReplicates = 200;
const level = 0.95;

/** How one configuration compares with another, on the same seeds and rows. */
export interface Comparison {
  /** The first's mean minus the other's, such as the winner's minus a loser's. */
  readonly difference: BootstrapInterval;
  /** Two-sided. */
  readonly probability: number;
}

/** How much too good a winner looks because it was chosen. */
export interface Optimism {
  readonly amount: number;
  /** Configurations that it was estimated over, the winner among them: those that can be paired with it. */
  readonly over: number;
  /** Configurations that it was chosen of. */
  readonly of: number;
}

/** Repeats with the rows that all of them were scored on. */
type ScoredRepeats = Repeats & { readonly dataset: string };

/** The one model of noise: seeds and evaluated rows both vary, and a comparison is paired on both. */
export class Noise {
  readonly #scores: ReadonlyMap<number, RowScores>;

  /** @param scores by trial: of the configurations that are shown, and those that these were chosen of */
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

  /** The first against the second, by themselves; null where the two share neither seeds nor rows. */
  compare(first: RankedScore, second: RankedScore, metric: string): Comparison | null {
    const seeds = pairedSeeds(first, second);
    const [one, other] = [ofSeeds(first, seeds), ofSeeds(second, seeds)];
    const [a, b] = [this.#repeats(one, metric), this.#repeats(other, metric)];
    if (a === null || b === null || a.seeds !== b.seeds || !onSameRows(a, b)) return null;
    const difference = pairedBootstrap(a, b, this.#options(one, metric));
    if (difference === null) return null;
    return { difference, probability: this.#exact(one, other, metric) ?? difference.probability };
  }

  /** The first of each pair against the second, their probabilities corrected for so many comparisons (Holm). */
  pairs(pairs: readonly (readonly [RankedScore, RankedScore])[], metric: string): readonly (Comparison | null)[] {
    const found = pairs.map(([one, other]) => this.compare(one, other, metric));
    const corrected = holm(found.map((one) => one?.probability ?? null));
    return found.map((one, index) => (one === null ? null : { ...one, probability: corrected[index] ?? 1 }));
  }

  /**
   * The mean difference over pairs of configurations, of each pair the first minus the second: in the seeds that all of
   * them have, on the same rows. Of a mean over rows alone: null of any other metric, where the outputs of some trial are not
   * there, or no seed is in all pairs.
   */
  effect(pairs: readonly (readonly [RankedScore, RankedScore])[], metric: string): BootstrapInterval | null {
    const seeds = commonSeeds(pairs.flat());
    const trials = pairs.flat().flatMap((score) => ofSeeds(score, new Set(seeds)).trials);
    const datasets = new Set(trials.map(({ trial }) => this.#scores.get(trial)?.dataset));
    if (datasets.size !== 1) return null;
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

  /**
   * How much too good the winner looks because it was chosen of all these: by those that have its seeds, were scored on its
   * rows and whose outputs are there. Null where there are none beside it, or the metric is no mean over rows.
   * @param ranked best first
   */
  optimism(ranked: readonly RankedScore[], { metric, direction }: Objective): Optimism | null {
    const [winner] = ranked;
    const own = winner === undefined ? null : this.#repeats(winner, metric);
    if (winner === undefined || own === null) return null;
    const seeds = new Set(commonSeeds([winner]));
    const candidates = ranked.flatMap((score) => {
      const same = ofSeeds(score, seeds);
      const repeats = same.trials.length === seeds.size ? this.#repeats(same, metric) : null;
      const isPaired = repeats !== null && repeats.seeds === own.seeds && onSameRows(repeats, own);
      return isPaired && same.trials.every(({ trial }) => this.#perRow(trial, metric) !== null) ? [repeats] : [];
    });
    if (candidates.length < 2) return null;
    const amount = selectionOptimism(candidates, direction, { ...bootstrapDefaults, replicates: 400 });
    return amount === null ? null : { amount, over: candidates.length, of: ranked.length };
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

  #repeats({ trials }: Repeated, metric: string): ScoredRepeats | null {
    const wanted = scoredOf(trials);
    const scored = wanted.flatMap(({ trial }) => this.#scoresOf(trial, metric) ?? []);
    const first = scored[0]?.scores;
    if (first === undefined || scored.length < wanted.length) return null;
    if (scored.some(({ scores }) => !onSameRows(scores, first))) return null;
    const statistic = (seed: number, chosen: Uint32Array) => {
      const one = scored[seed];
      return one === undefined ? null : one.scores.value(one.metric, chosen);
    };
    return { seeds: scored.length, rows: first.rows, dataset: first.dataset, statistic };
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

/** As many rows are not yet the same: a dev set may have as many as the test set. */
function onSameRows(a: Pick<RowScores, 'rows' | 'dataset'>, b: Pick<RowScores, 'rows' | 'dataset'>): boolean {
  return a.rows === b.rows && a.dataset === b.dataset;
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
