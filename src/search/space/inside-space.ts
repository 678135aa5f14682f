import type { SpacePoint } from '../sampler.ts';
import { activePoint, type SpaceAxis } from './space-axes.ts';

/** Whether each value of a point is one of an axis that is there for it. An axis that it lacks is not looked for. */
export function isInside(axes: readonly SpaceAxis[], point: SpacePoint): boolean {
  const byName = new Map(axes.map((axis) => [axis.name, axis]));
  const active = activePoint(axes, point);
  return Object.entries(point).every(([name, value]) => {
    const axis = byName.get(name);
    return axis !== undefined && active[name] === value && isOn(axis, value);
  });
}

/** Whether a value is one of the axis. */
export function isOn({ scale, values, zero }: SpaceAxis, value: number | string): boolean {
  if (scale === null) return values.includes(value);
  const [low, high] = values.map(Number);
  if (typeof value !== 'number' || low === undefined || high === undefined) return false;
  return (value >= low && value <= high) || (zero === true && value === 0);
}
