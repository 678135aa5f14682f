import { formatCount } from '../../base/format-count.ts';
import { formatMeasure, metricNamed } from '../../metrics/metrics.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { chosenAmong, testTwins } from '../comparing/chosen-among.ts';
import {
  type RankedScore,
  type ScoredSweep,
  scoresOf,
  scoreValues,
  undefinedRepeats,
} from '../comparing/configuration-scores.ts';
import { intervalNote } from '../noise/interval-note.ts';
import { baselineSentence, comparedBy, comparedOf, judge, type Judgement, rankScores } from '../comparing/judgement.ts';
import { optimismSentence } from '../comparing/optimism-sentence.ts';
import type { Noise } from '../noise/noise.ts';
import type { Report } from './render-report.ts';
import type { ReportColumn } from './report-column.ts';
import { configurationColumns, scoreColumns } from './score-columns.ts';
import { sweepFacts, sweepSentences } from '../sweep-sentences.ts';

/** @param noise of the configurations that are shown or compared; null: their outputs are not there */
export function bestReport(
  snapshot: ScoredSweep,
  objective: Objective,
  limit: number,
  noise: Noise | null = null,
): Report<RankedScore> {
  const scores = chosenAmong(scoresOf(snapshot));
  const ranked = rankScores(scores, objective);
  const winner = ranked[0];
  const heading = headingOf(snapshot.definition, objective.metric);
  const unranked = scores.filter((score) => undefinedRepeats(score, objective.metric) > 0).length;
  const judged = judge(ranked, objective, comparedOf(limit), noise);
  const column: ReportColumn<RankedScore> = {
    name: 'within_noise_of_best',
    heading: '≈',
    align: 'left',
    importance: 0,
    text: (score) => (score !== winner && judged.tied.has(score) ? '≈' : ''),
    value: (score) => judged.tied.has(score),
  };
  return {
    columns: [...configurationColumns(snapshot, scores), column, ...scoreColumns(snapshot, noise, objective.metric)],
    rows: ranked.slice(0, limit),
    facts: { ...sweepFacts(snapshot), objective: { ...objective }, noise: judged.facts },
    before: sweepSentences(snapshot),
    after: [
      ...(winner === undefined
        ? [scores.some(({ scored }) => scored > 0) ? `Nothing has a ${heading} to rank by.` : 'Nothing is scored yet.']
        : [
            `${intervalNote(ranked.slice(0, limit), objective.metric, noise)}; ranked by ${heading}.`,
            ...verdict(winner, judged, { ...objective, heading }),
            ...testNote(snapshot),
          ]),
      ...(unranked > 0 ? [undefinedSentence(unranked, heading)] : []),
    ],
  };
}

function verdict(
  winner: RankedScore,
  { tied, compared, paired, untold, baseline, optimism }: Judgement,
  { metric, direction, heading }: Objective & { readonly heading: string },
): readonly string[] {
  const values = scoreValues(winner, metric);
  const sentences: string[] = [];
  if (compared === 0 || metricNamed(metric)?.exact === true) return sentences;
  if (values.length < 2) {
    const why = paired > 0 ? 'other seeds may order these otherwise' : 'nothing tells it from noise';
    sentences.push(`The winner has one seed: ${why}. Add seeds to the space.`);
    if (paired === 0) return sentences;
  }
  const how = comparedBy({ paired, compared, untold });
  const others = compared === 1 ? 'the other' : `the ${compared} others compared`;
  sentences.push(
    tied.size === 1
      ? `The winner stands out of the noise from ${others} (${how}, 95 %).`
      : `≈ The winner is within noise of ${tied.size - 1} of ${others} (${how}, 95 %).`,
  );
  if (baseline !== null) {
    sentences.push(
      `${baselineSentence(baseline, { metric, direction, heading })}, ${formatCount(compared - untold, 'comparison')}.`,
    );
  }
  if (paired === 0) sentences.push(withoutTheLuckiest(values, { metric, direction, heading }));
  if (optimism !== null && optimism.amount > 0) sentences.push(optimismSentence(metric, optimism));
  return sentences;
}

/** Where the seeds alone are known: what is left without the one that the winner was chosen for. */
function withoutTheLuckiest(
  values: readonly number[],
  { metric, direction, heading }: Objective & { readonly heading: string },
): string {
  const best = direction === 'maximize' ? Math.max(...values) : Math.min(...values);
  const rest = values.filter((_, index) => index !== values.indexOf(best));
  const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
  return `Without the seed that did most for it, its mean ${heading} is ${formatMeasure(metric, mean)}.`;
}

/** Configurations that no ranking has a place for. */
export function undefinedSentence(configurations: number, heading: string): string {
  const those = `${formatCount(configurations, 'configuration')} ${configurations === 1 ? 'is' : 'are'}`;
  return `${those} not ranked: ${heading} is undefined of some seed's predictions (none).`;
}

/** Where test rows stand beside those that were chosen on. */
function testNote(snapshot: ScoredSweep): readonly string[] {
  const scores = scoresOf(snapshot);
  const twin = testTwins(scores);
  return scores.some((score) => twin(score) !== null)
    ? ['Ranked on the dev rows alone; what the test rows say stands beside them.']
    : [];
}
