import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { Notices } from '../notices.ts';
import { reasonOf } from '../steering/reason-of.ts';

/** Asks what a sweep waits for, and has the notices say it; one question at a time. */
export class WaitingLook {
  readonly #ask: (snapshot: SweepSnapshot) => Promise<string | null>;
  readonly #notices: Notices;
  #looking = false;
  /** Why the last question had no answer: said once. */
  #failed: string | null = null;

  constructor(ask: (snapshot: SweepSnapshot) => Promise<string | null>, notices: Notices) {
    this.#ask = ask;
    this.#notices = notices;
  }

  /** @returns whether it waits for something else than before */
  async look(snapshot: SweepSnapshot): Promise<boolean> {
    if (this.#looking) return false;
    this.#looking = true;
    try {
      const waiting = await this.#ask(snapshot);
      this.#failed = null;
      const changed = waiting !== this.#notices.waiting;
      this.#notices.waiting = waiting;
      return changed;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== this.#failed)
        this.#notices.say({ text: `could not ask what it waits for: ${reason}`, urgent: false });
      this.#failed = reason;
      return false;
    } finally {
      this.#looking = false;
    }
  }
}
