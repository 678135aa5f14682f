import type { Metric } from '../metrics/metric.ts';
import { allMetrics, gapName, isOf, metricHeading, metricNamed } from '../metrics/metrics.ts';
import { asObjective } from '../sweep/read-search.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import type { Objective } from '../sweep/vocabulary.ts';
import { taskOf } from './tasks.ts';

type Judged = Pick<SweepDefinition, 'task' | 'objectives'>;

/** What a sweep's tables show of its trials: the objectives, then what its task is usually judged by. */
export function shownMetrics({ task, objectives }: Judged): readonly string[] {
  return [...new Set([...objectives.map(({ metric }) => metric), ...taskOf(task).columns])];
}

/** Every metric that trials of the task have. */
export function metricsOf({ task }: Pick<Judged, 'task'>): readonly Metric[] {
  const { form } = taskOf(task).section;
  return allMetrics.filter((metric) => isOf(metric, form));
}

/** Above a metric's column: its loss has the task's word. */
export function headingOf({ task }: Pick<Judged, 'task'>, metric: string): string {
  return metricHeading(metric, taskOf(task).lossHeading);
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
