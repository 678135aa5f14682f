import { formatCount } from '../../base/format-count.ts';
import { formatDuration, formatPercent } from '../../dashboard/format-value.ts';
import type { TrialRow } from '../../store/sweep-snapshot.ts';
import type { Figure } from '../document/document.ts';
import { paragraph } from '../document/document.ts';
import type { ReportSection } from './section.ts';
import { trainingsOf } from './trainings-of.ts';

interface Saving {
  /** That were pruned before their last step. */
  readonly trainings: number;
  readonly stepsTaken: number;
  readonly stepsPlanned: number;
  /** What the steps that were not taken would have cost at each training's own rate. */
  readonly seconds: number;
}

/** What the scheduler saved. @param trainings each once */
export function savedByStopping(trainings: readonly TrialRow[]): Saving {
  const pruned = trainings.filter(({ state, step, totalSteps }) => state === 'pruned' && step < totalSteps);
  const seconds = pruned.map(({ step, totalSteps, trainSeconds }) =>
    step === 0 ? 0 : ((trainSeconds ?? 0) / step) * (totalSteps - step),
  );
  return {
    trainings: pruned.length,
    stepsTaken: trainings.reduce((sum, { step }) => sum + step, 0),
    stepsPlanned: trainings.reduce((sum, { totalSteps }) => sum + totalSteps, 0),
    seconds: seconds.reduce((sum, value) => sum + value, 0),
  };
}

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
          `${whole} were not, about ${formatDuration(1000 * saved.seconds)} of training at each training's own rate.`,
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
