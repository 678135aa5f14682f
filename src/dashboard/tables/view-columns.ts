import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { FilterColumn } from '../../store/views/trials/trial-filter.ts';
import { metricNamed } from '../../metrics/metrics.ts';
import type { EvaluationRequest } from '../../sweep/sweep-definition.ts';
import { fieldHeading, trainingField, trainingFields } from '../../sweep/training-fields.ts';
import { headingOf, metricsOf, shownMetrics, tradeoffObjective } from '../../tasks/task-metrics.ts';

type Defined = Pick<SweepSnapshot, 'definition'>;

/** Names of the metrics that a drawing may have on an axis, what trials are ranked by first. */
export function drawnMetrics({ definition }: Defined): readonly string[] {
  const all = [...metricsOf(definition).map(({ name }) => name), 'complexity', 'train_seconds', 'trainable_parameters'];
  return [...new Set([tradeoffObjective(definition).metric, ...shownMetrics(definition), ...all])];
}

const places: ReadonlyMap<string, number> = new Map(trainingFields.map(({ name }, place) => [name, place]));

/** By their fields as the reference lists these, p before λ: the record keeps a space's axes in an order of its own. */
export function inReferenceOrder<Of>(all: readonly Of[], fieldOf: (one: Of) => string): readonly Of[] {
  const place = (one: Of): number => places.get(fieldOf(one)) ?? places.size;
  return all.toSorted((a, b) => place(a) - place(b));
}

/** Fields of an evaluation by their names in a drawing: that of its dropout rate is a training's too. */
const evaluationFields = new Map<string, keyof EvaluationRequest>([
  ['ensemble_size', 'ensemble_size'],
  ['split', 'split'],
  ['mode', 'mode'],
  ['test_p', 'dropout_rate'],
  ['mask_seed', 'mask_seed'],
  ['aggregate', 'aggregate'],
]);

/**
 * The fields that trials of a sweep differ in, but for their seeds: the space's, those of added points, and the
 * evaluations'.
 */
export function variedFields({ definition }: Defined): readonly string[] {
  const { space, search, evaluations } = definition;
  const added = Array.isArray(search['enqueue']) ? search['enqueue'].flatMap((point) => Object.keys(point ?? {})) : [];
  const axes = Object.entries(space).flatMap(([axis, values]) => (values.length > 1 ? [axis] : []));
  const fields = inReferenceOrder(
    [...new Set([...axes, ...added])].filter((axis) => axis !== 'seed'),
    (axis) => axis,
  );
  const evaluated = [...evaluationFields].flatMap(([name, field]) =>
    new Set(evaluations.map((evaluation) => evaluation[field])).size > 1 ? [name] : [],
  );
  return [...fields, ...evaluated];
}

/** Of the varied fields those that an axis can have: words of evaluations have no place on one. */
export function numberedFields(of: Defined): readonly string[] {
  return variedFields(of).filter((field) => !['split', 'mode', 'aggregate'].includes(field));
}

/** Of the varied fields those of trainings, and M: settings whose effect is told within pairs. */
export function pairedFields(of: Defined): readonly string[] {
  return variedFields(of).filter((field) => field === 'ensemble_size' || !evaluationFields.has(field));
}

/** The column of a field or metric by its name. */
export function columnOf(name: string): FilterColumn {
  if (trainingField(name) !== null) return { of: 'setting', name };
  const field = evaluationFields.get(name);
  return field === undefined ? { of: 'metric', name } : { of: 'evaluation', name: field };
}

/** The name of a field or metric in a drawing. */
export function drawnName({ definition }: Defined, name: string): string {
  if (name === 'ensemble_size') return 'M';
  if (evaluationFields.has(name)) return name.replace('_', ' ');
  return trainingField(name) === null ? headingOf(definition, name) : fieldHeading(name);
}

/** Whether more of it is better; of a field, whether less is. */
export function betterOf(name: string): 'maximize' | 'minimize' {
  return metricNamed(name)?.direction ?? 'minimize';
}
