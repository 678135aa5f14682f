import { type FailureKind, isInfeasible } from '../../sweep/failure-kinds.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { meanOf } from '../../stats/mean-of.ts';
import { isOn } from '../space/inside-space.ts';
import type { SpacePoint } from '../sampler.ts';
import type { SearchFact } from './search-event.ts';
import { searchedAxes } from '../space/repeats.ts';
import { activePoint, type SpaceAxis, spaceAxes } from '../space/space-axes.ts';

/** What a training of a former sweep came to. */
export interface FormerResult {
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Greater is better; the first objective and those that the search decides by besides. Absent: it failed. */
  readonly values?: readonly number[];
  readonly failure?: FailureKind;
}

/** Sweeps that a search is to learn from, by the names in its file. */
export function learnsFrom({ search }: Pick<SweepDefinition, 'search'>): readonly string[] {
  const names = search['learn_from'];
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

interface FormerPoint {
  readonly point: SpacePoint;
  readonly values: (readonly number[])[];
  readonly failures: FailureKind[];
}

/**
 * Former results as facts of a search: those whose configuration is a point of its space, with the mean over trainings
 * of one point, which are its seeds, or how they failed where all did. What lies outside, or has no value for an axis, is
 * passed over.
 * @param from number of the first
 */
export function learnedFacts(
  definition: SweepDefinition,
  results: readonly FormerResult[],
  from: number,
): readonly SearchFact[] {
  const axes = searchedAxes(spaceAxes(definition)).drawn;
  const points = new Map<string, FormerPoint>();
  for (const { configuration, values, failure } of results) {
    const point = pointOf(axes, configuration);
    if (point === null || values?.every(Number.isFinite) === false) continue;
    const key = JSON.stringify(axes.map(({ name }) => point[name] ?? null));
    const known = points.get(key) ?? { point, values: [], failures: [] };
    if (values !== undefined) known.values.push(values);
    if (failure !== undefined) known.failures.push(failure);
    points.set(key, known);
  }
  return [...points.values()].map((former, index) => learnedFact(former, from + index));
}

function learnedFact({ point, values, failures }: FormerPoint, ordinal: number): SearchFact {
  const means = (values[0] ?? []).map((_, place) => meanOf(values.map((each) => each[place] ?? 0)));
  const [value = null, ...further] = means;
  const failure = values.length > 0 ? undefined : (failures.find(isInfeasible) ?? failures[0]);
  return {
    kind: 'learned',
    ordinal,
    rung: 0,
    value,
    point,
    ...(further.length === 0 ? {} : { further }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function pointOf(axes: readonly SpaceAxis[], configuration: FormerResult['configuration']): SpacePoint | null {
  const values: Record<string, number | string> = {};
  for (const { name } of axes) {
    const value = configuration[name];
    if (typeof value === 'number' || typeof value === 'string') values[name] = value;
  }
  const point = activePoint(axes, values);
  const isInside = axes.every((axis) => {
    const value = point[axis.name];
    return value === undefined ? axis.when !== undefined : isOn(axis, value);
  });
  return isInside ? point : null;
}
