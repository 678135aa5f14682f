import { formatMeasure } from '../metrics/metrics.ts';
import { withinNoise } from '../stats/within-noise.ts';
import type { SweepSnapshot } from '../store/sweep-snapshot.ts';
import { headingOf } from '../tasks/task-metrics.ts';
import type { Objective } from '../sweep/vocabulary.ts';
import {
  type ConfigurationScore,
  configurationScores,
  scoreInterval,
  scoreValues,
  undefinedRepeats,
} from './configuration-scores.ts';
import type { Report } from './render-report.ts';
import type { ReportColumn } from './report-column.ts';
import { configurationColumns, scoreColumns } from './score-columns.ts';
import { sweepFacts, sweepSentences } from './sweep-sentences.ts';

/** Configurations by the mean of an objective over their seeds, best first. */
export function rankScores(
  scores: readonly ConfigurationScore[],
  { metric, direction }: Objective,
): readonly ConfigurationScore[] {
  const sign = direction === 'maximize' ? -1 : 1;
  return scores
    .flatMap((score) => {
      const mean = scoreInterval(score, metric)?.mean;
      return mean === undefined ? [] : [{ score, mean }];
    })
    .sort((a, b) => sign * (a.mean - b.mean))
    .map(({ score }) => score);
}

/** The best configurations, and whether the seeds tell the winner from the others. */
export function bestReport(snapshot: SweepSnapshot, objective: Objective, limit: number): Report<ConfigurationScore> {
  const scores = configurationScores(snapshot.trials);
  const ranked = rankScores(scores, objective);
  const winner = ranked[0];
  const heading = headingOf(snapshot.definition, objective.metric);
  const unranked = scores.filter((score) => undefinedRepeats(score, objective.metric) > 0).length;
  const tied = new Set(
    winner === undefined ? [] : ranked.filter((score) => withinNoise(valuesOf(winner), valuesOf(score))),
  );
  function valuesOf(score: ConfigurationScore): readonly number[] {
    return scoreValues(score, objective.metric);
  }
  const noise: ReportColumn<ConfigurationScore> = {
    name: 'within_noise_of_best',
    heading: '≈',
    align: 'left',
    importance: 0,
    text: (score) => (score !== winner && tied.has(score) ? '≈' : ''),
    value: (score) => tied.has(score),
  };
  return {
    columns: [...configurationColumns(snapshot), noise, ...scoreColumns(snapshot)],
    rows: ranked.slice(0, limit),
    facts: { ...sweepFacts(snapshot), objective: { ...objective } },
    before: sweepSentences(snapshot),
    after: [
      ...(winner === undefined
        ? [unranked > 0 ? `Nothing has a ${heading} to rank by.` : 'Nothing is scored yet.']
        : verdict(winner, tied.size - 1, ranked.length, { ...objective, heading })),
      ...(unranked > 0 ? [undefinedSentence(unranked, heading)] : []),
    ],
  };
}

function verdict(
  winner: ConfigurationScore,
  tied: number,
  configurations: number,
  { metric, direction, heading }: Objective & { readonly heading: string },
): readonly string[] {
  const values = scoreValues(winner, metric);
  const sentences = [`Means over seeds with 95 % intervals (Student); ranked by ${heading}.`];
  if (configurations === 1) return sentences;
  if (values.length < 2) {
    sentences.push('The winner has one seed: nothing tells it from noise. Add seeds to the space.');
    return sentences;
  }
  sentences.push(
    tied === 0
      ? `The winner stands out of the noise between seeds from all ${configurations - 1} others.`
      : `≈ The winner is within noise of ${tied} of ${configurations - 1} others (Welch's test, 95 %).`,
  );
  const best = direction === 'maximize' ? Math.max(...values) : Math.min(...values);
  const rest = values.filter((_, index) => index !== values.indexOf(best));
  const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
  sentences.push(`Without the seed that did most for it, its mean ${heading} is ${formatMeasure(metric, mean)}.`);
  return sentences;
}

/** Configurations that no ranking has a place for. */
export function undefinedSentence(configurations: number, heading: string): string {
  const those = configurations === 1 ? '1 configuration is' : `${configurations} configurations are`;
  return `${those} not ranked: ${heading} is undefined of some seed's predictions (none).`;
}
