import { setTimeout as sleep } from 'node:timers/promises';

/** Asks the database again while it is away: a person would, too. @throws what it says after four minutes */
export async function patiently<T>(job: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 240_000;
  for (;;) {
    try {
      return await job();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(250);
    }
  }
}
