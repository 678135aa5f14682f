import type { Json } from '../base/canonical-json.ts';
import { dropsAnything } from '../sweep/element-dropout.ts';
import type { Objective } from '../sweep/vocabulary.ts';
import { withinNoise } from '../stats/within-noise.ts';
import { type RankedScore, scoreMean, scoreValues } from './configuration-scores.ts';
import { differenceSentence } from './format-interval.ts';
import type { Comparison, Noise } from './noise.ts';

/** Configurations by the mean of an objective over their seeds, best first. */
export function rankScores<Score extends RankedScore>(
  scores: readonly Score[],
  { metric, direction }: Objective,
): readonly Score[] {
  const sign = direction === 'maximize' ? -1 : 1;
  return scores
    .flatMap((score) => {
      const mean = scoreMean(score, metric);
      return mean === null ? [] : [{ score, mean }];
    })
    .sort((a, b) => sign * (a.mean - b.mean))
    .map(({ score }) => score);
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

/** The part of a ranking that noise leaves. */
export interface Judgement {
  /** The configurations that noise does not tell from the winner, itself included. */
  readonly tied: ReadonlySet<RankedScore>;
  /** Those that were compared with the winner. */
  readonly compared: number;
  /** How many of these were paired on seeds and rows; the others are told apart by seeds alone. */
  readonly paired: number;
  /** The winner against LoRA without dropout; null: it is that, or there is none to compare with. */
  readonly baseline: Comparison | null;
  readonly optimism: number | null;
  readonly facts: Json;
}

/** Holds the winner against those shown and against LoRA without dropout. @param ranked best first */
export function judge(
  ranked: readonly RankedScore[],
  objective: Objective,
  limit: number,
  noise: Noise | null,
): Judgement {
  const [winner] = ranked;
  const { metric } = objective;
  const shown = ranked.slice(0, limit);
  const baseline = ranked.find(isBaseline);
  const others = [...new Set([...shown, ...(baseline === undefined ? [] : [baseline])])].filter(
    (one) => one !== winner,
  );
  const comparisons =
    noise === null || winner === undefined ? others.map(() => null) : noise.comparisons(winner, others, metric);
  const paired = comparisons.filter((one) => one !== null).length;
  const far = (other: RankedScore, comparison: Comparison | null | undefined): boolean =>
    comparison === null || comparison === undefined
      ? winner !== undefined && !withinNoise(scoreValues(winner, metric), scoreValues(other, metric))
      : comparison.probability < 0.05;
  const tied = others.filter((other, index) => !far(other, comparisons[index]));
  const optimism = noise?.optimism(shown, objective) ?? null;
  const against = baseline === undefined ? null : (comparisons[others.indexOf(baseline)] ?? null);
  return {
    tied: new Set(winner === undefined ? [] : [winner, ...tied]),
    compared: others.length,
    paired,
    baseline: against,
    optimism,
    facts: { paired: paired > 0, comparisons: others.length, correction: 'holm', optimism },
  };
}

/** How comparisons were made, in words. */
export function comparedBy({ paired, compared }: Pick<Judgement, 'paired' | 'compared'>): string {
  if (paired === 0) return 'Welch’s test of the seeds';
  const others = paired === compared ? '' : ` ${paired} of them; the others share too few seeds, Welch’s test`;
  return `paired on seeds and rows${others === '' ? ', Holm' : `, Holm:${others}`}`;
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
