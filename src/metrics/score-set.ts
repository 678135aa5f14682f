import type { EvaluatedValue } from './values/evaluation-metrics.ts';
import { details, metrics } from './metrics.ts';
import type { ScoredSet } from './forms/scored-set.ts';

/** Every metric and detail that is of the set's form, by name. */
export function scoreSet(set: ScoredSet): Readonly<Record<string, EvaluatedValue>> {
  return Object.fromEntries(
    [...metrics, ...details].flatMap(({ name, computations }): readonly (readonly [string, EvaluatedValue])[] => {
      const computation = computations.find(({ form }) => form === set.form);
      return computation === undefined ? [] : [[name, computation.compute(set)]];
    }),
  );
}

/**
 * Every metric that is of the members' own predictions, by name; none of a single member.
 * @param members what each predicts by itself; asked for only where some metric is of the form
 */
export function scoreMembers(
  form: string,
  count: number,
  members: () => readonly ScoredSet[],
): Readonly<Record<string, number | null>> {
  const wanted = metrics.flatMap(({ name, ofMembers = [] }) =>
    ofMembers.flatMap((computation) => (computation.form === form ? [{ name, computation }] : [])),
  );
  if (count < 2 || wanted.length === 0) return {};
  const sets = members();
  return Object.fromEntries(wanted.map(({ name, computation }) => [name, computation.compute(sets)]));
}
