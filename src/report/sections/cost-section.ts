import { formatCount } from '../../base/format-count.ts';
import { formatDuration } from '../../metrics/values/format-value.ts';
import { measure } from '../../metrics/metrics.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import { meanOf } from '../../stats/mean-of.ts';
import { scaleFor } from '../charts/chart.ts';
import { chosenAmong } from '../comparing/chosen-among.ts';
import { configurationScores, scoreInterval } from '../comparing/configuration-scores.ts';
import type { Figure } from '../document/document.ts';
import { paragraph } from '../document/document.ts';
import { configurationLabels } from './configuration-label.ts';
import type { SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';
import { firstObjective } from '../comparing/first-objective.ts';
import { trainingsOf } from './trainings-of.ts';

export const costSection: ReportSection = {
  name: 'cost',
  heading: 'Cost',
  build(material) {
    const { snapshot } = material;
    const trainings = trainingsOf(snapshot).filter(({ trainSeconds }) => trainSeconds !== null);
    const timed = trainings.map(({ trainSeconds }) => trainSeconds ?? 0);
    if (timed.length === 0) return null;
    const reused = trainings.filter((training) => training.reused).length;
    const total = timed.reduce((sum, value) => sum + value, 0);
    const wall = snapshot.finishedAt === null ? null : snapshot.finishedAt.getTime() - snapshot.createdAt.getTime();
    const ordered = timed.toSorted((a, b) => a - b);
    const median = ordered[Math.floor(ordered.length / 2)] ?? 0;
    const members = snapshot.trials.reduce(
      (sum, { metrics }) => sum + (metrics?.inference_passes === undefined ? 0 : Number(metrics.inference_passes)),
      0,
    );
    return [
      paragraph(
        `${formatCount(timed.length, 'training')} took ${formatDuration(1000 * total)} together, half of them less than ${formatDuration(1000 * median)} each` +
          (wall === null ? '' : `; from launch to end it was ${formatDuration(wall)} by the clock`) +
          (reused === 0 ? '' : `, for which ${reused} of them were there already, of earlier sweeps`) +
          `. Their evaluations made ${formatCount(members, 'pass', 'passes')} over the evaluated rows.`,
      ),
      ...costFigure(material),
    ];
  },
};

function costFigure({ snapshot }: SweepMaterial): readonly Figure[] {
  const { metric } = firstObjective(snapshot);
  const heading = headingOf(snapshot.definition, metric);
  const label = configurationLabels(snapshot);
  const scores = configurationScores(chosenAmong(snapshot.trials));
  // As in the front's figure: one that predicts one class for everything would be all that the others are seen beside.
  const drawn = scores.filter(({ collapsed }) => collapsed === 0);
  const hidden = scores.length - drawn.length;
  const notDrawn = hidden === 0 ? '' : ` Not drawn: ${hidden} that predict one class for everything.`;
  const points = drawn.flatMap((score) => {
    const seconds = score.trials.flatMap((trial) => measure(trial, 'train_seconds') ?? []);
    const interval = scoreInterval(score, metric);
    if (seconds.length === 0 || interval === null) return [];
    const x = meanOf(seconds);
    return [{ x, y: interval.mean, name: label(score) }];
  });
  if (points.length === 0) return [];
  return [
    {
      kind: 'figure',
      name: 'cost',
      caption: `${heading} against the seconds of one training`,
      chart: {
        description: `${formatCount(points.length, 'configuration')} by the mean seconds of their trainings. Times are of the machines that they ran on, whatever else these did.${notDrawn}`,
        x: { label: 'seconds of training', scale: scaleFor(points.map(({ x }) => x)) },
        y: { label: heading, scale: 'linear' },
        series: [{ name: 'configurations', marks: 'points', points }],
      },
    },
  ];
}
