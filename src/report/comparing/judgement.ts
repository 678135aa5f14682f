import type { Json } from '../../base/canonical-json.ts';
import { metricNamed } from '../../metrics/metrics.ts';
import { holm } from '../../stats/holm.ts';
import { welchProbability } from '../../stats/welch.ts';
import { dropsAnything } from '../../sweep/element-dropout.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { chosenAmong } from './chosen-among.ts';
import { type RankedScore, scoreMean, scoreValues } from './configuration-scores.ts';
import { differenceSentence } from '../noise/format-interval.ts';
import type { Comparison, Noise, Optimism } from '../noise/noise.ts';

/** Configurations by the mean of an objective over their seeds, best first: of the dev rows, where there are such. */
export function rankScores<Score extends RankedScore>(
  scores: readonly Score[],
  { metric, direction }: Objective,
): readonly Score[] {
  const sign = direction === 'maximize' ? -1 : 1;
  return chosenAmong(scores)
    .flatMap((score) => {
      const mean = scoreMean(score, metric);
      return mean === null ? [] : [{ score, mean }];
    })
    .sort((a, b) => sign * (a.mean - b.mean))
    .map(({ score }) => score);
}

/** Configurations that are held against the winner though fewer are shown: a shorter table is corrected no less. */
const comparedAtLeast = 10;

/** How many of the first configurations are compared where so many are shown. */
export function comparedOf(shown: number): number {
  return Math.max(shown, comparedAtLeast);
}

/**
 * The configurations that `best` shows, and what they are held against: LoRA without dropout, where it is in the sweep.
 */
export function shownScores<Score extends RankedScore>(
  scores: readonly Score[],
  objective: Objective,
  limit: number,
): { readonly shown: readonly Score[]; readonly baseline: Score | null } {
  const ranked = rankScores(scores, objective);
  return { shown: ranked.slice(0, limit), baseline: ranked.find(isBaseline) ?? null };
}

export function isBaseline({ training }: RankedScore): boolean {
  return training.adapter === 'lora' && !dropsAnything(training);
}

/** What noise leaves of a difference. */
export interface ToldApart {
  /** Corrected for all that were held against the first (Holm); null: nothing tells. */
  readonly probability: number | null;
  /** Paired on seeds and rows; null: the seeds alone tell, by Welch's test, or nothing does. */
  readonly paired: Comparison | null;
}

/** Others held against one, in their order. */
export function toldApart(
  one: RankedScore,
  others: readonly RankedScore[],
  metric: string,
  noise: Noise | null,
): readonly ToldApart[] {
  // What has no noise in it is equal, or it is not.
  if (metricNamed(metric)?.exact === true) {
    const mean = scoreMean(one, metric);
    return others.map((other) => ({ probability: scoreMean(other, metric) === mean ? 1 : 0, paired: null }));
  }
  const paired = others.map((other) => noise?.compare(one, other, metric) ?? null);
  const own = scoreValues(one, metric);
  const alone = others.map((other, index) =>
    (paired[index] ?? null) === null ? welchProbability(own, scoreValues(other, metric)) : null,
  );
  const corrected = holm(others.map((_, index) => paired[index]?.probability ?? alone[index] ?? null));
  return corrected.map((probability, index): ToldApart => {
    const found = paired[index] ?? null;
    return { probability, paired: found === null || probability === null ? null : { ...found, probability } };
  });
}

/** What nothing tells apart is within noise too. */
export function isWithinNoise({ probability }: ToldApart): boolean {
  return probability === null || probability >= 0.05;
}

/** The part of a ranking that noise leaves. */
export interface Judgement {
  /** The configurations that noise does not tell from the winner, itself included. */
  readonly tied: ReadonlySet<RankedScore>;
  /** Those that were held against the winner. */
  readonly compared: number;
  /** How many of these were paired on seeds and rows. */
  readonly paired: number;
  /** How many of these nothing was there to test by. */
  readonly untold: number;
  /** The winner against LoRA without dropout; null: it is that, or there is none to compare with. */
  readonly baseline: Comparison | null;
  readonly optimism: Optimism | null;
  readonly facts: Json;
}

/**
 * Holds the winner against the first of a ranking and against LoRA without dropout.
 * @param ranked best first
 * @param compared how many of the first
 */
export function judge(
  ranked: readonly RankedScore[],
  objective: Objective,
  compared: number,
  noise: Noise | null,
): Judgement {
  const [winner] = ranked;
  const { metric } = objective;
  const baseline = ranked.find(isBaseline);
  const others = [...new Set([...ranked.slice(0, compared), ...(baseline === undefined ? [] : [baseline])])].filter(
    (one) => one !== winner,
  );
  const told = winner === undefined ? [] : toldApart(winner, others, metric, noise);
  const paired = told.filter((one) => one.paired !== null).length;
  const untold = told.filter(({ probability }) => probability === null).length;
  const tied = others.filter((_, index) => told[index] === undefined || isWithinNoise(told[index]));
  const optimism = noise?.optimism(ranked, objective) ?? null;
  const against = baseline === undefined ? null : (told[others.indexOf(baseline)]?.paired ?? null);
  return {
    tied: new Set(winner === undefined ? [] : [winner, ...tied]),
    compared: others.length,
    paired,
    untold,
    baseline: against,
    optimism,
    facts: {
      paired: paired > 0,
      comparisons: others.length - untold,
      correction: untold === others.length ? null : 'holm',
      optimism: optimism?.amount ?? null,
      optimism_over: optimism?.over ?? null,
      chosen_of: ranked.length,
    },
  };
}

/** How comparisons were made, in words. */
export function comparedBy({ paired, compared, untold }: Pick<Judgement, 'paired' | 'compared' | 'untold'>): string {
  const seeds = compared - paired - untold;
  const ways = [paired === 0 ? '' : 'paired on seeds and rows', seeds === 0 ? '' : 'Welch’s test of the seeds'].filter(
    (way) => way !== '',
  );
  if (ways.length === 0) return 'nothing tells them apart: no outputs are there, and seeds are single or agree';
  const corrected = `${ways.length === 2 ? `${paired} paired on seeds and rows, ${seeds} by Welch’s test of the seeds` : ways[0]}, Holm`;
  return untold === 0 ? corrected : `${corrected}; nothing tells ${untold} of them apart`;
}

/**
 * The winner against LoRA without dropout, without its full stop; after Holm's correction it may be no more than noise.
 */
export function baselineSentence(
  { difference, probability }: Comparison,
  { metric, direction, heading }: Objective & { readonly heading: string },
): string {
  const better = direction === 'maximize' ? difference.estimate > 0 : difference.estimate < 0;
  const told =
    probability >= 0.05
      ? 'Within noise of LoRA without dropout'
      : better
        ? 'Better than LoRA without dropout'
        : 'Worse than LoRA without dropout';
  return `${told}: ${differenceSentence(metric, heading, difference)}`;
}
