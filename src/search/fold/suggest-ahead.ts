/** How many trainings are in store or run, at most, where so many can run: a quarter more, so that no slot waits. */
export function aheadOf(capacity: number): number {
  return capacity + Math.max(1, Math.ceil(capacity / 4));
}
