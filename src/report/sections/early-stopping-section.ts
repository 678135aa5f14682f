import { formatCount } from '../../base/format-count.ts';
import { formatDuration, formatPercent } from '../../dashboard/terminal/format-value.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { Figure } from '../document/document.ts';
import { paragraph } from '../document/document.ts';
import { savedByStopping } from '../saved-by-stopping.ts';
import type { ReportSection } from './section.ts';
import { trainingsOf } from './trainings-of.ts';

export const earlyStoppingSection: ReportSection = {
  name: 'early-stopping',
  heading: 'What early stopping saved',
  build({ snapshot }) {
    const trainings = trainingsOf(snapshot);
    const { kind } = snapshot.definition.scheduler;
    const saved = savedByStopping(trainings);
    if (kind === 'none' && saved.trainings === 0) return null;
    const whole = saved.stepsPlanned - saved.stepsTaken;
    return [
      paragraph(
        `The scheduler (${kind}) stopped ${saved.trainings} of ${formatCount(trainings.length, 'training')} before their end: ` +
          `${saved.stepsTaken} of ${formatCount(saved.stepsPlanned, 'step')} were taken (${formatPercent(saved.stepsTaken, saved.stepsPlanned)}), ` +
          `${whole} were not, about ${formatDuration(1000 * saved.seconds)} of training at each training's own rate, or its other seeds'.`,
      ),
      ...stoppedAt(trainings),
    ];
  },
};

/** How many trainings went on past each step. */
function stoppedAt(trainings: readonly TrialRow[]): readonly Figure[] {
  const ends = [...new Set(trainings.map(({ step }) => step))].sort((a, b) => a - b);
  if (ends.length < 2) return [];
  const points = ends.map((end) => ({
    x: String(end),
    y: trainings.filter(({ step }) => step >= end).length,
  }));
  const last = points.at(-1);
  return [
    {
      kind: 'figure',
      name: 'stopped-at',
      caption: 'Trainings that reached each step',
      chart: {
        description: `Of ${formatCount(trainings.length, 'training')}, ${last?.y ?? 0} reached step ${last?.x ?? 0}, the furthest of all.`,
        x: { label: 'step', scale: 'categories' },
        y: { label: 'trainings', scale: 'linear', shows: [0, trainings.length] },
        series: [{ name: 'trainings', marks: 'bars', points }],
      },
    },
  ];
}
