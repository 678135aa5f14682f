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
import { setOfMetric } from '../metrics/set-metric.ts';
import { asObjective } from '../sweep/read-search.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import type { Objective } from '../sweep/vocabulary.ts';
import { taskOf } from './tasks.ts';

type Judged = Pick<SweepDefinition, 'task' | 'objectives' | 'sets'>;

/** What a sweep's tables show of its trials: the objectives, then what its task is usually judged by. */
export function shownMetrics({ task, objectives, sets = [] }: Judged): readonly string[] {
  const ofSets = sets.flatMap((set) =>
    taskOf(set.task)
      .columns.slice(0, 1)
      .map((metric) => `${set.name}.${metric}`),
  );
  return [...new Set([...objectives.map(({ metric }) => metric), ...taskOf(task).columns, ...ofSets])];
}

/** Every metric that trials of the task have. */
export function metricsOf({ task, sets }: Pick<Judged, 'task' | 'sets'>): readonly Metric[] {
  const { form } = taskOf(task).section;
  return [...allMetrics.filter((metric) => isOf(metric, form)), ...setMetricsOf(sets)];
}

/** Every metric that its trials can be ranked by. */
export function rankingMetricsOf({ task, sets }: Pick<Judged, 'task' | 'sets'>): readonly Metric[] {
  return [...rankingMetrics(taskOf(task).section.form), ...setMetricsOf(sets)];
}

function setMetricsOf(sets: Judged['sets'] = []): readonly Metric[] {
  return sets.flatMap(({ name, task }) => metricsOfSet(name, taskOf(task).section.form));
}

/** Above a metric's column: its loss has the task's word. */
export function headingOf({ task, sets = [] }: Pick<Judged, 'task' | 'sets'>, metric: string): string {
  const set = sets.find(({ name }) => name === setOfMetric(metric)?.set);
  return metricHeading(metric, taskOf(set?.task ?? task).lossHeading);
}

/** What complexity is held against: the first of the shown that is something else. */
export function tradeoffObjective(definition: Judged): Objective {
  const known = shownMetrics(definition).flatMap((name) => metricNamed(name) ?? []);
  const first = known.find(({ name }) => name !== 'complexity');
  if (first === undefined) throw new RangeError('a task has metrics that its tables show');
  return asObjective(first);
}

/** The gap between train and evaluated rows that tells most: of the first shown metric that has one. */
export function shownGap(definition: Judged): string | null {
  const gapped = shownMetrics(definition).find((name) => metricNamed(name)?.gap !== undefined);
  return gapped === undefined ? null : gapName(gapped);
}
