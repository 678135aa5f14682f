import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatClock, formatDuration, formatPercent, formatQuantity } from '../../metrics/values/format-value.ts';
import { formatMeasure } from '../../metrics/metrics.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { dropsAnything } from '../../sweep/element-dropout.ts';
import { printable } from '../terminal/styled-line.ts';
import { stateWords, sweepProgress } from './sweep-progress.ts';
import { orderTrials, sortKeys } from '../tables/trial-order.ts';

/**
 * One line on how a sweep stands, for pipes and logs: `HH:MM:SS name state n/m trainings …`.
 * @param previous what the last line was written from; null for the first
 * @returns null where nothing worth a line has changed: no state, no training ended, no failure
 */
export function renderProgressLine(snapshot: SweepSnapshot, previous: SweepSnapshot | null, now: Date): string | null {
  const progress = sweepProgress(snapshot, now);
  const before = previous === null ? null : sweepProgress(previous, now);
  const same =
    previous !== null &&
    before !== null &&
    stateWords(snapshot) === stateWords(previous) &&
    snapshot.desiredParallelism === previous.desiredParallelism &&
    progress.finalTrainings === before.finalTrainings;
  if (same) return null;
  const facts = [
    `${progress.finalTrainings}/${formatCount(snapshot.planned ?? snapshot.counts.total, 'training')}`,
    formatPercent(snapshot.stepsDone, snapshot.stepsTotal),
  ];
  if (snapshot.planned !== undefined) facts.push(`${snapshot.counts.total} recorded`);
  if (snapshot.counts.reused > 0) facts.push(`${snapshot.counts.reused} reused`);
  if (progress.failedTrainings > 0) facts.push(`${progress.failedTrainings} FAILED`);
  if (snapshot.counts.pruned > 0) facts.push(`${snapshot.counts.pruned} pruned`);
  if (progress.final) facts.push(`took ${formatDuration(progress.elapsedMs)}`);
  if (!progress.final && snapshot.stepsPerSecond !== null) {
    facts.push(`${formatQuantity(snapshot.stepsPerSecond)} steps/s`);
  }
  if (progress.timeLeftMs !== null) facts.push(`${formatDuration(progress.timeLeftMs)} left`);
  const best = bestTrial(snapshot);
  if (best !== null) facts.push(best);
  const simulated = snapshot.trainer === 'simulated' ? ' SIMULATED' : '';
  return `${formatClock(now)} ${printable(snapshot.name)}${simulated} ${stateWords(snapshot)} ${facts.join(', ')}`;
}

function bestTrial(snapshot: SweepSnapshot): string | null {
  const key = sortKeys(snapshot)[0];
  if (key === undefined) return null;
  const best: TrialRow | undefined = orderTrials(snapshot.trials, key)[0];
  const value = best === undefined ? null : key.value(best);
  if (best === undefined || value === null) return null;
  const text = key.sort.by === 'metric' ? formatMeasure(key.sort.name, value) : String(value);
  return `best ${key.label} ${text} (${settingsText(snapshot, best)})`;
}

/** What tells a trial from others: of a program's sweep, what it varies. */
function settingsText({ trainer, definition }: SweepSnapshot, best: TrialRow): string {
  const { dropout_rate, train_instances, seed } = best.configuration;
  if (!traitsOf(trainer).method) {
    const values: Readonly<Record<string, unknown>> = { ...best.configuration };
    const axes = Object.keys(definition.space).filter((axis) => values[axis] !== undefined);
    return axes.map((axis) => printable(`${axis}=${String(values[axis])}`)).join(' ');
  }
  const { mode, ensemble_size } = best.evaluation;
  const ensemble = mode === 'ensemble' || !dropsAnything(best.configuration) ? `M=${ensemble_size}` : mode;
  return `p=${dropout_rate} N=${train_instances} ${ensemble} seed=${seed}`;
}
