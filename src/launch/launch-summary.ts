import { formatCount } from '../base/format-count.ts';
import { formatDuration } from '../metrics/values/format-value.ts';
import type { StepShare } from '../search/planning/early-stopping-share.ts';
import { makeScheduler } from '../search/schedulers/schedulers.ts';
import type { FinishedTrainings } from './cost/finished-trainings.ts';
import type { CostPrediction } from '../sweep/predict-cost.ts';
import type { SweepPlan } from '../sweep/sweep-definition.ts';

/** The lines that are said before a sweep is launched, or extended. @param done null: not known, since no database is up */
export function launchSummary(
  plan: SweepPlan,
  done: Pick<FinishedTrainings, 'count' | 'extends'> | null,
  cost: CostPrediction,
  share: StepShare | null = null,
): readonly string[] {
  const { definition, trainings, trials, merged_points: merged, adaptive_trainings: adaptive } = plan;
  const lines = [
    `Sweep ${definition.name}: ${definition.base}${rowsText(plan)}`,
    adaptive === undefined || adaptive <= trainings.length
      ? `  ${formatCount(trials, 'trial')} = ${formatCount(trainings.length, 'training')} with ${formatCount(trials, 'evaluation')}`
      : `  at most ${formatCount(adaptive, 'training')}, ${done?.extends === true ? 'further ones' : `the first ${trainings.length} at once and the others`} as results come`,
    ...(definition.program === undefined
      ? [`  ${formatCount(merged, 'point')} merged: settings that have no effect without dropout`]
      : []),
    `  ${doneText(done, adaptive ?? trainings.length)}`,
    `  predicted time: ${definition.program === undefined || cost.timed ? timeText(definition, cost) : 'not known: its program has not run yet'}`,
  ];
  if (plan.left_out_points !== undefined)
    lines.push(`  ${formatCount(plan.left_out_points, 'point')} left out by constraints`);
  if (definition.trainer === 'simulated')
    lines.splice(1, 0, '  SIMULATED: curves for load tests, not results of any model');
  if (makeScheduler(definition.scheduler).decides)
    lines.push(`  the scheduler may stop trainings early${savedText(share)}`);
  return lines;
}

function doneText(done: Pick<FinishedTrainings, 'count' | 'extends'> | null, of: number): string {
  if (done === null) return 'reused trainings: not known before the database is up';
  const { count } = done;
  if (done.extends !== true) return `${formatCount(count, 'training')} reused`;
  return `${formatCount(count, 'training')} ${count === 1 ? 'has' : 'have'} ended, ${of - count} to run`;
}

/** A program's rows are its own affair. */
function rowsText({ definition, inputs }: SweepPlan): string {
  if (definition.program !== undefined) return '';
  const rows = [`${inputs.train.rows} train`, `${inputs.dev.rows} dev`];
  if (inputs.test !== null) rows.push(`${inputs.test.rows} test`);
  for (const { name, dataset } of inputs.sets ?? []) rows.push(`${dataset.rows} ${name}`);
  return `, rows: ${rows.join(', ')}`;
}

function timeText({ program }: SweepPlan['definition'], cost: CostPrediction): string {
  return `${rangeText(cost)}${budgetText(cost)}${cost.timed ? `, as ${program === undefined ? 'this machine was timed with the base' : 'its program took before'}` : ''}`;
}

/** ` within its budget, for 4 to 9 trainings`. */
function budgetText({ withinBudget }: CostPrediction): string {
  if (withinBudget === undefined) return '';
  const { low, high } = withinBudget;
  return ` within its budget, for ${low === high ? '' : `${low} to `}${formatCount(high, 'training')}`;
}

/** `under 1 s`, `up to 40 s`, `3 min 10 s to 5 min 02 s`. */
export function rangeText({ lowSeconds, highSeconds }: Pick<CostPrediction, 'lowSeconds' | 'highSeconds'>): string {
  if (highSeconds < 1) return 'under 1 s';
  if (lowSeconds < 1) return `up to ${formatDuration(1000 * highSeconds)}`;
  return `${formatDuration(1000 * lowSeconds)} to ${formatDuration(1000 * highSeconds)}`;
}

/** The expected saving of stopping early, as the scheduler itself was played. */
function savedText(share: StepShare | null): string {
  if (share === null || share.low > 0.995) return '';
  const percent = (of: number): number => Math.round(100 * (1 - of));
  return `, ${percent(share.mean)} % of the steps or so (${percent(share.high)} to ${percent(share.low)} % where nothing is known of them)`;
}
