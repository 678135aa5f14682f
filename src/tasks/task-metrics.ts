import type { Metric } from '../metrics/metric.ts';
import {
  allMetrics,
  gapName,
  isOf,
  metricHeading,
  metricNamed,
  metricsOfSet,
  rankingMetrics,
} from '../metrics/metrics.ts';
import { programMetric } from '../metrics/program-metric.ts';
import { setOfMetric } from '../metrics/set-metric.ts';
import { asObjective } from '../sweep/file/read-search.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import type { Objective, ProgramSettings } from '../sweep/vocabulary.ts';
import { taskOf } from './tasks.ts';

type Judged = Pick<SweepDefinition, 'task' | 'objectives' | 'sets' | 'program'>;
type Measured = Pick<SweepDefinition, 'task' | 'sets' | 'program'>;

/** Metrics that a sweep's tables show of its trials: the objectives, then what its task is usually judged by. */
export function shownMetrics({ task, objectives, sets = [], program }: Judged): readonly string[] {
  const ofSets = sets.flatMap((set) =>
    taskOf(set.task)
      .columns.slice(0, 1)
      .map((metric) => `${set.name}.${metric}`),
  );
  const usual = program === undefined ? taskOf(task).columns : Object.keys(program.metrics);
  return [...new Set([...objectives.map(({ metric }) => metric), ...usual, ...ofSets])];
}

/** Every metric that trials of the sweep have: its task's, or its program's own. */
export function metricsOf({ task, sets, program }: Measured): readonly Metric[] {
  if (program !== undefined) return programMetrics(program);
  const { form } = taskOf(task).section;
  return [...allMetrics.filter((metric) => isOf(metric, form)), ...setMetricsOf(sets)];
}

/** Every metric that its trials can be ranked by. */
export function rankingMetricsOf({ task, sets, program }: Measured): readonly Metric[] {
  if (program !== undefined) return programMetrics(program);
  return [...rankingMetrics(taskOf(task).section.form), ...setMetricsOf(sets)];
}

function programMetrics({ metrics }: ProgramSettings): readonly Metric[] {
  return [
    ...Object.entries(metrics).map(([name, direction]) => programMetric(name, direction)),
    ...allMetrics.filter(({ name }) => name === 'train_seconds'),
  ];
}

function setMetricsOf(sets: Judged['sets'] = []): readonly Metric[] {
  return sets.flatMap(({ name, task }) => metricsOfSet(name, taskOf(task).section.form));
}

/** Above a metric's column: its loss has the task's word. */
export function headingOf({ task, sets = [], program }: Measured, metric: string): string {
  if (program !== undefined) return metric;
  const set = sets.find(({ name }) => name === setOfMetric(metric)?.set);
  return metricHeading(metric, taskOf(set?.task ?? task).lossHeading);
}

/** The objective that complexity is held against: the first of the shown that is something else. */
export function tradeoffObjective(definition: Judged): Objective {
  const measured = metricsOf(definition);
  const known = shownMetrics(definition).flatMap((name) => measured.find((metric) => metric.name === name) ?? []);
  const first = known.find(({ name }) => name !== 'complexity');
  if (first === undefined) throw new RangeError('a task has metrics that its tables show');
  return asObjective(first);
}

/** The gap between train and evaluated rows that tells most: of the first shown metric that has one. */
export function shownGap(definition: Judged): string | null {
  if (definition.program !== undefined) return null;
  const gapped = shownMetrics(definition).find((name) => metricNamed(name)?.gap !== undefined);
  return gapped === undefined ? null : gapName(gapped);
}

/** Theorem 4.4's second term, which a front is over whatever a sweep is after. */
export const byComplexity: Objective = { metric: 'complexity', direction: 'minimize' };

/** The sweep's objectives, and complexity where the file does not name it: what its front is over. */
export function frontObjectives(objectives: readonly Objective[]): readonly Objective[] {
  return objectives.some(({ metric }) => metric === 'complexity') ? objectives : [...objectives, byComplexity];
}
