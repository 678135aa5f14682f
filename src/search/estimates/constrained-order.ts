import { frontOrder, type Objectives } from '../../stats/non-dominated-ranks.ts';

/**
 * Indices of points from the best on, by constraint domination: every point that can be trained before every one that
 * cannot; the former by front, and within a front the loneliest first; the latter as they stand, since by how much they
 * cannot be trained nobody says. Source: Deb et al., IEEE Transactions on Evolutionary Computation 6(2), 2002, section VI.
 * @param points null: it cannot be trained
 */
export function constrainedOrder(points: readonly (Objectives | null)[]): readonly number[] {
  const feasible: number[] = [];
  const infeasible: number[] = [];
  points.forEach((values, index) => (values === null ? infeasible : feasible).push(index));
  const ordered = frontOrder(feasible.map((index) => points[index] ?? []));
  return [...ordered.flatMap((place) => feasible[place] ?? []), ...infeasible];
}
