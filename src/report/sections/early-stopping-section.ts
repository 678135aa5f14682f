import { formatCount } from '../../base/format-count.ts';
import { formatDuration, formatPercent } from '../../metrics/values/format-value.ts';
import type { Figure } from '../document/document.ts';
import { paragraph } from '../document/document.ts';
import { type Saved, savedByStopping, stepsOf } from '../saved-by-stopping.ts';
import type { SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';
import { trainingsOf } from './trainings-of.ts';

export const earlyStoppingSection: ReportSection = {
  name: 'early-stopping',
  heading: 'What early stopping saved',
  build(material) {
    const trainings = steppedTrainings(material);
    const { kind } = material.snapshot.definition.scheduler;
    const { byScheduler, byPatience } = savedByStopping(trainings);
    if (kind === 'none' && byScheduler.trainings + byPatience.trainings === 0) return null;
    const of = formatCount(trainings.length, 'training');
    const planned = trainings.reduce((sum, { totalSteps }) => sum + totalSteps, 0);
    return [
      ...(kind === 'none' && byScheduler.trainings === 0
        ? []
        : [
            paragraph(
              `The scheduler (${kind}) stopped ${byScheduler.trainings} of ${of} before their end${savedText(byScheduler, planned)}.`,
            ),
          ]),
      ...(byPatience.trainings === 0
        ? []
        : [
            paragraph(
              `Their patience ended ${byPatience.trainings} of ${of} before their end${savedText(byPatience, planned)}.`,
            ),
          ]),
      ...stoppedAt(trainings),
    ];
  },
};

/** A sweep's trainings, each once, with the steps at which their patience ended some. */
export function steppedTrainings({ snapshot, stoppedEarly }: Pick<SweepMaterial, 'snapshot' | 'stoppedEarly'>) {
  return trainingsOf(snapshot).map((training) => {
    const patienceAt = stoppedEarly.get(training.trainingId);
    return patienceAt === undefined ? training : { ...training, patienceAt };
  });
}

/** What was not done, of the trainings that were stopped alone. */
function savedText({ trainings, stepsTaken, stepsPlanned, seconds }: Saved, planned: number): string {
  if (trainings === 0) return '';
  const spared = stepsPlanned - stepsTaken;
  return (
    `: of their ${formatCount(stepsPlanned, 'step')} ${stepsTaken} were taken (${formatPercent(stepsTaken, stepsPlanned)}) and ${spared} were not, ` +
    `${formatPercent(spared, planned)} of all that the sweep planned, about ${formatDuration(1000 * seconds)} of training at each training's own rate, or its other seeds'`
  );
}

/** How many trainings went on past each step. */
function stoppedAt(trainings: ReturnType<typeof steppedTrainings>): readonly Figure[] {
  const reached = trainings.map(stepsOf);
  const ends = [...new Set(reached)].sort((a, b) => a - b);
  if (ends.length < 2) return [];
  const points = ends.map((end) => ({
    x: String(end),
    y: reached.filter((step) => step >= end).length,
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
