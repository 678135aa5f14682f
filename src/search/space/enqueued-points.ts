import type { SearchDefinition } from '../../sweep/sweep-definition.ts';
import type { SpacePoint } from '../sampler.ts';

/** The points that `enqueue` of a search names, as they stand there. */
export function enqueuedPoints({ enqueue }: SearchDefinition): readonly SpacePoint[] {
  if (!Array.isArray(enqueue)) return [];
  return enqueue.map((point: unknown) => {
    const values = typeof point === 'object' && point !== null ? Object.entries(point) : [];
    return Object.fromEntries(
      values.flatMap(([name, value]): readonly (readonly [string, number | string])[] =>
        typeof value === 'number' || typeof value === 'string' ? [[name, value]] : [],
      ),
    );
  });
}
