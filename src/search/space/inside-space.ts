import { offAxis } from '../../sweep/space-membership.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { brokenConstraint, configurationAt } from '../planning/plan-trainings.ts';
import type { SpacePoint } from '../sampler.ts';
import { searchedAxes } from './repeats.ts';
import { activePoint, type SpaceAxis, spaceAxes } from './space-axes.ts';

/** Whether each value of a point is one of an axis that is there for it. An axis that it lacks is not looked for. */
export function isInside(axes: readonly SpaceAxis[], point: SpacePoint): boolean {
  return strangeValue(axes, point) === null;
}

/**
 * Why something is no point of a search's space, its seed left out: a value that the space has not, one that it lacks, or
 * a constraint that it breaks. Null: it is one.
 */
export function whyOutside(definition: SweepDefinition, point: SpacePoint): string | null {
  const axes = searchedAxes(spaceAxes(definition)).drawn;
  const strange = strangeValue(axes, point);
  if (strange !== null) return `${strange} ${point[strange]}, which the space has not for such a point`;
  const lacking = axes.find((axis) => lacks(axes, point, axis));
  if (lacking !== undefined) return `no value of ${lacking.name}`;
  const broken = brokenFor(definition, point);
  return broken === null ? null : `a point that breaks the constraint ${broken}`;
}

/** A constraint that a point breaks, whatever its seed; null: it fulfils all with some seed. */
export function brokenFor(definition: SweepDefinition, point: SpacePoint): string | null {
  const { constraints = [], space } = definition;
  if (constraints.length === 0) return null;
  let broken: string | null = null;
  for (const seed of space['seed'] ?? [null]) {
    broken = brokenConstraint(definition, configurationAt(definition, seed === null ? point : { ...point, seed }));
    if (broken === null) return null;
  }
  return broken;
}

/** The axis of the first value of a point that the space has not for it. */
function strangeValue(axes: readonly SpaceAxis[], point: SpacePoint): string | null {
  const byName = new Map(axes.map((axis) => [axis.name, axis]));
  const active = activePoint(axes, point);
  const strange = Object.entries(point).find(([name, value]) => {
    const axis = byName.get(name);
    return axis === undefined || active[name] !== value || !isOn(axis, value);
  });
  return strange?.[0] ?? null;
}

function lacks(axes: readonly SpaceAxis[], point: SpacePoint, { name, values }: SpaceAxis): boolean {
  return point[name] === undefined && name in activePoint(axes, { ...point, [name]: values[0] ?? 0 });
}

/** Whether a value is one of the axis. */
export function isOn(axis: SpaceAxis, value: number | string): boolean {
  return offAxis(axis, value) === null;
}
