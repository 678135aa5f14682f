import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';

/** One trial of each training: what belongs to trainings is counted once. */
export function trainingsOf({ trials }: Pick<SweepSnapshot, 'trials'>): readonly TrialRow[] {
  const first = new Map<string, TrialRow>();
  for (const trial of trials) if (!first.has(trial.trainingId)) first.set(trial.trainingId, trial);
  return [...first.values()];
}
