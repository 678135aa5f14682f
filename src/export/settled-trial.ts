import { taskOf } from '../tasks/tasks.ts';
import type { ExportedTrial } from './exported-trial.ts';

interface JudgedTrial {
  readonly trial: ExportedTrial['trial'];
  readonly specification: Pick<ExportedTrial['specification'], 'task'>;
}

/** A trial as it predicts rows without labels: what scoring fitted to rows with labels stays as it was found there. */
export function settledTrial<Trial extends JudgedTrial>(exported: Trial): Trial {
  const { trial, specification } = exported;
  const { judging } = trial.evaluation;
  const { predictions } = taskOf(specification.task);
  if (predictions.settled === undefined || judging === undefined || trial.metrics === null) return exported;
  const evaluation = { ...trial.evaluation, judging: predictions.settled(judging, trial.metrics) };
  return { ...exported, trial: { ...trial, evaluation } };
}
