import type { EvaluatedValue } from './evaluation-metrics.ts';
import { details, metrics } from './metrics.ts';
import type { ScoredSet } from './scored-set.ts';

/** Every metric and detail that is of the set's form, by name. */
export function scoreSet(set: ScoredSet): Readonly<Record<string, EvaluatedValue>> {
  return Object.fromEntries(
    [...metrics, ...details].flatMap(({ name, computations }): readonly (readonly [string, EvaluatedValue])[] => {
      const computation = computations.find(({ form }) => form === set.form);
      return computation === undefined ? [] : [[name, computation.compute(set)]];
    }),
  );
}
