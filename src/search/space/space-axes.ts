import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { SpacePoint } from '../sampler.ts';

/** An axis of the space in file order. `scale` null: one of the values; else between the first and the second. */
export interface SpaceAxis {
  readonly name: string;
  readonly values: readonly (number | string)[];
  readonly scale: 'linear' | 'log' | null;
  /** Of a range: from one value to the next; absent: four digits. */
  readonly step?: number;
  /** Of a range: 0 is tried besides. */
  readonly zero?: boolean;
  /** Its name is the user's, and says nothing of its values. */
  readonly free?: true;
  /** Axes, and their values for which this one is there; absent: always. */
  readonly when?: Readonly<Record<string, readonly (number | string)[]>>;
}

/** The part of a definition that says what may be tried. */
export type SearchSpace = Pick<SweepDefinition, 'space' | 'scales' | 'axes' | 'program'>;

export function spaceAxes(definition: SearchSpace): readonly SpaceAxis[] {
  return Object.entries(definition.space).map(([name, values]) => {
    const { step, zero_or: zero, when } = definition.axes?.[name] ?? {};
    return {
      name,
      values,
      scale: definition.scales?.[name] ?? null,
      ...(step === undefined ? {} : { step }),
      ...(zero === undefined ? {} : { zero }),
      ...(definition.program === undefined ? {} : { free: true as const }),
      ...(when === undefined ? {} : { when }),
    };
  });
}

/** The point without the axes that are not there for its other values. */
export function activePoint(axes: readonly SpaceAxis[], point: SpacePoint): SpacePoint {
  if (axes.every(({ when }) => when === undefined)) return point;
  const whenOf = new Map(axes.map(({ name, when }) => [name, Object.entries(when ?? {})]));
  const isActive = (name: string): boolean =>
    (whenOf.get(name) ?? []).every(([other, values]) => {
      const value = point[other];
      return value !== undefined && values.includes(value) && isActive(other);
    });
  return Object.fromEntries(Object.entries(point).filter(([name]) => isActive(name)));
}
