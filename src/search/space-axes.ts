import type { SweepDefinition } from '../sweep/sweep-definition.ts';

/** An axis of the space in file order. `scale` null: one of the values; else between the first and the second. */
export interface SpaceAxis {
  readonly name: string;
  readonly values: readonly (number | string)[];
  readonly scale: 'linear' | 'log' | null;
}

export function spaceAxes(definition: Pick<SweepDefinition, 'space' | 'scales'>): readonly SpaceAxis[] {
  return Object.entries(definition.space).map(([name, values]) => ({
    name,
    values,
    scale: definition.scales?.[name] ?? null,
  }));
}
