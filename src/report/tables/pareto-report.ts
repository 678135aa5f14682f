import { paretoFront } from '../../stats/pareto-front.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { byComplexity, frontObjectives, headingOf } from '../../tasks/task-metrics.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { chosenAmong } from '../comparing/chosen-among.ts';
import { isWithinNoise, rankScores, toldApart } from '../comparing/judgement.ts';
import {
  type RankedScore,
  type ScoredSweep,
  scoreMean,
  scoresOf,
  scoreValues,
  undefinedRepeats,
} from '../comparing/configuration-scores.ts';
import { intervalNote } from '../noise/interval-note.ts';
import type { Noise } from '../noise/noise.ts';
import type { Report } from './render-report.ts';
import type { ReportColumn } from './report-column.ts';
import { configurationColumns, scoreColumns } from './score-columns.ts';
import { sweepFacts, sweepSentences } from '../sweep-sentences.ts';

/** The front, best in the first objective first, and what it is taken over. */
export function frontScores(sweep: ScoredSweep): {
  readonly scores: readonly RankedScore[];
  readonly measured: readonly Objective[];
  readonly first: Objective;
  readonly rows: readonly RankedScore[];
} {
  // What is not scored has a complexity nevertheless, by which alone it would be on the front.
  const scores = chosenAmong(scoresOf(sweep)).filter(({ scored: count }) => count > 0);
  const measured = frontObjectives(sweep.definition.objectives).filter(({ metric }) =>
    scores.some((score) => scoreValues(score, metric).length > 0 || undefinedRepeats(score, metric) > 0),
  );
  const front = paretoFront(
    scores,
    measured.map(({ metric, direction }) => ({
      direction,
      value: (score: RankedScore) => scoreMean(score, metric),
    })),
  );
  const first = measured[0] ?? byComplexity;
  const rows = measured.length === 0 ? [] : rankScores(front, first);
  return { scores, measured, first, rows };
}

/** The configurations that no other beats in every objective, by means over seeds; best in the first comes first. */
export function paretoReport(snapshot: ScoredSweep, noise: Noise | null = null): Report<RankedScore> {
  const { scores, measured, first, rows } = frontScores(snapshot);
  const best = rows[0];
  const told = best === undefined ? [] : toldApart(best, rows.slice(1), first.metric, noise);
  const tied = (score: RankedScore): boolean => {
    const own = told[rows.indexOf(score) - 1];
    return own === undefined || isWithinNoise(own);
  };
  const column: ReportColumn<RankedScore> = {
    name: 'within_noise_of_best',
    heading: '≈',
    align: 'left',
    importance: 0,
    text: (score) => (score !== best && tied(score) ? '≈' : ''),
    value: tied,
  };
  const heading = (metric: string): string => headingOf(snapshot.definition, metric);
  const names = measured.map(({ metric }) => heading(metric)).join(', ');
  const off = scores.filter((score) => measured.some(({ metric }) => undefinedRepeats(score, metric) > 0)).length;
  const tiedCount = rows.filter((score) => score !== best && tied(score)).length;
  const { method } = traitsOf(snapshot.trainer);
  const all = chosenAmong(scoresOf(snapshot));
  const missing =
    !method || all.some(({ trials: [first] }) => first !== undefined && first.complexity !== null)
      ? []
      : ['Complexity is not known yet: it is probed when the sweep starts.'];
  return {
    columns: [...configurationColumns(snapshot, all), column, ...scoreColumns(snapshot, noise, first.metric)],
    rows,
    facts: { ...sweepFacts(snapshot), front_objectives: measured.map((objective) => ({ ...objective })) },
    before: [
      ...sweepSentences(snapshot),
      `Pareto front over ${names === '' ? 'nothing yet' : names}: ${rows.length} of ${scores.length} scored configurations.`,
    ],
    after: [
      `${intervalNote(rows, first?.metric ?? '', noise)}.${method ? ' Complexity is a proxy (Theorem 4.4), not a certificate.' : ''}`,
      ...(tiedCount > 0 ? [`≈ ${tiedCount} of them within noise of the first in ${heading(first.metric)}.`] : []),
      ...(off > 0 ? [`${off} of the scored are on no front: a metric of theirs is undefined (none).`] : []),
      ...missing,
    ],
  };
}
