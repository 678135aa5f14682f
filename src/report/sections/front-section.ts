import { formatCount } from '../../base/format-count.ts';
import { measure } from '../../metrics/metrics.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import { bestReport } from '../tables/best-report.ts';
import { type ChartPoint, scaleFor } from '../charts/chart.ts';
import type { RankedScore } from '../comparing/configuration-scores.ts';
import type { Figure } from '../document/document.ts';
import { tableOfReport } from '../document/table-of-report.ts';
import { frontScores, paretoReport } from '../tables/pareto-report.ts';
import { shownInterval } from '../tables/score-columns.ts';
import { configurationLabels } from './configuration-label.ts';
import { shownBest, type SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';
import { firstObjective } from '../comparing/first-objective.ts';

export const frontSection: ReportSection = {
  name: 'front',
  heading: 'The best, and the front',
  build(material) {
    const { snapshot, noise } = material;
    const objective = firstObjective(snapshot);
    const best = bestReport(snapshot, objective, shownBest, noise);
    const front = paretoReport(snapshot, noise);
    const heading = headingOf(snapshot.definition, objective.metric);
    return [
      tableOfReport(best, {
        name: 'best',
        caption: `The best ${formatCount(best.rows.length, 'configuration')} by ${heading}`,
        notes: best.after,
      }),
      ...frontFigures(material),
      tableOfReport(front, {
        name: 'front-table',
        caption: front.before.at(-1) ?? 'The front',
        notes: front.after,
      }),
    ];
  },
};

function frontFigures(material: SweepMaterial): readonly Figure[] {
  const { snapshot } = material;
  const { metric } = firstObjective(snapshot);
  const against = againstMetric(snapshot.trials.some(({ complexity }) => complexity !== null));
  const { scores, rows } = frontScores(snapshot);
  const point = pointOf(material, metric, against);
  const onFront = rows.flatMap(point);
  const beaten = scores.filter((score) => !rows.includes(score));
  // Where most is near the best, what predicts one class for everything would be all that the figure shows.
  const drawn = beaten.filter(({ collapsed }) => collapsed === 0);
  const others = drawn.flatMap(point);
  if (onFront.length === 0) return [];
  const heading = headingOf(snapshot.definition, metric);
  const cost = headingOf(snapshot.definition, against);
  const across = [...onFront, ...others].flatMap(({ x }) => (typeof x === 'number' ? [x] : []));
  const least = onFront.toSorted((a, b) => Number(a.x) - Number(b.x))[0];
  const hidden = beaten.length - drawn.length;
  const notDrawn = hidden === 0 ? '' : `Not drawn: ${hidden} that predict one class for everything. `;
  return [
    {
      kind: 'figure',
      name: 'front',
      caption: `${heading} against ${cost}: configurations over their seeds, and the front`,
      chart: {
        description:
          `${formatCount(onFront.length, 'configuration')} ${onFront.length === 1 ? 'is' : 'are'} on the front and ${beaten.length} ${beaten.length === 1 ? 'is' : 'are'} not. The front's best ${heading} is that of ` +
          `${onFront[0]?.name ?? ''}; the least ${cost} on it that of ${least?.name ?? ''}. ` +
          notDrawn +
          'Intervals are 95 %, over seeds and rows where the outputs are there, else over seeds; other objectives of the front are not drawn.',
        x: { label: cost, scale: scaleFor(across) },
        y: { label: heading, scale: 'linear' },
        series: [
          { name: 'on the front', marks: 'points', points: onFront },
          { name: 'beaten by another', marks: 'points', points: others },
        ],
      },
    },
  ];
}

/** Complexity, or where it was not probed what a training costs. */
function againstMetric(hasComplexity: boolean): string {
  return hasComplexity ? 'complexity' : 'train_seconds';
}

function pointOf({ snapshot, noise }: SweepMaterial, metric: string, against: string) {
  const label = configurationLabels(snapshot);
  return (score: RankedScore): readonly ChartPoint[] => {
    const interval = shownInterval(score, metric, noise);
    const costs = score.trials.flatMap((trial) => measure(trial, against) ?? []);
    if (interval === null || costs.length === 0) return [];
    const { mean, lower, upper } = interval;
    const x = costs.reduce((sum, value) => sum + value, 0) / costs.length;
    return [{ x, y: mean, lower, upper, name: label(score) }];
  };
}
