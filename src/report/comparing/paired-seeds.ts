import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { RankedScore } from './configuration-scores.ts';

/** Trials that are repeats of one another; those without metrics are not scored, others are. */
export interface Repeated {
  readonly trials: readonly (Pick<TrialRow, 'trial'> & Partial<Pick<TrialRow, 'metrics'>>)[];
}

/** Seeds that each of the configurations is scored with. */
export function commonSeeds(scores: readonly RankedScore[]): readonly number[] {
  const seedsOf = ({ trials }: RankedScore): readonly number[] =>
    trials.flatMap(({ configuration, metrics }) => (metrics === null ? [] : [configuration.seed]));
  const [first, ...rest] = scores.map((score) => new Set(seedsOf(score)));
  return first === undefined ? [] : [...first].filter((seed) => rest.every((seeds) => seeds.has(seed)));
}

/**
 * Seeds that two configurations are compared in: those that both are scored with. A single one that is not all of either
 * would tell of the rows alone, and nothing of the seeds that differ.
 */
export function pairedSeeds(one: RankedScore, other: RankedScore): ReadonlySet<number> {
  const common = commonSeeds([one, other]);
  const most = Math.max(scoredOf(one.trials).length, scoredOf(other.trials).length);
  return new Set(common.length > 1 || common.length === most ? common : []);
}

/** The scored repeats with these seeds. */
export function ofSeeds({ trials }: RankedScore, seeds: ReadonlySet<number>): Pick<RankedScore, 'trials'> {
  return { trials: scoredOf(trials).filter(({ configuration }) => seeds.has(configuration.seed)) };
}

export function scoredOf<Trial extends Repeated['trials'][number]>(trials: readonly Trial[]): readonly Trial[] {
  return trials.filter(({ metrics }) => metrics !== null);
}
