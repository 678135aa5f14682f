/** How many trainings are in store or run, at most, where so many can run: a quarter more, so that no slot waits. */
export function aheadOf(capacity: number): number {
  return capacity + Math.max(1, Math.ceil(capacity / 4));
}

/** Points that follow from no result are suggested so many at a time: recorded together, and claimed in rows. */
export const openingTogether = 256;

/** How many trainings a search has going, and how many points it can name without waiting. */
interface Demand {
  /** Trainings that are in store or run. */
  readonly working: number;
  readonly capacity: number;
  /** How many points, from the first on, follow from no result, and how many of them are suggested at a time. */
  readonly opening: number;
  readonly together: number;
}

/** Whether the point with that number, from 0, is due. */
export function isDue(number: number, { working, capacity, opening, together }: Demand): boolean {
  if (number >= opening) return working < aheadOf(capacity);
  return number % together !== 0 || working < Math.max(together / 2, aheadOf(capacity));
}
