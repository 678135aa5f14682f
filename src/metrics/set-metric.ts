import type { Metric } from './metric.ts';

/** The further evaluation set and the metric that a name such as `shift.accuracy` is of; null: it is no set's. */
export function setOfMetric(name: string): { readonly set: string; readonly metric: string } | null {
  const dot = name.indexOf('.');
  return dot <= 0 ? null : { set: name.slice(0, dot), metric: name.slice(dot + 1) };
}

/**
 * A metric of a further set. It is read of the evaluation on that set: of other rows it cannot be computed. No gap is
 * taken there.
 */
export function setMetric(set: string, gapped: Metric): Metric {
  const { gap: _, ...metric } = gapped;
  const heading = (loss: string): string =>
    `${set} ${typeof metric.heading === 'string' ? metric.heading : metric.heading(loss)}`;
  return { ...metric, name: `${set}.${metric.name}`, heading, computations: [], over: 'corpus' };
}
