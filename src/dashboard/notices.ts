import type { Banner } from './parts/event-lines.ts';
import { formatClock, formatDuration } from '../metrics/values/format-value.ts';

const noticeMs = 4000;

/** The line above the keys: that the database is away, what is waited for, or an answer to a key. */
export class Notices {
  readonly #now: () => Date;
  readonly #draw: () => void;
  #away: { readonly since: Date; readonly reason: string } | null = null;
  /** Since when a reading is known to take long; null: none does. */
  #slow: Date | null = null;
  #notice: { readonly banner: Banner; readonly until: number } | null = null;
  /** What the sweep waits for; null: nothing stands in its way. */
  waiting: string | null = null;

  /** @param draw is called where what stands there has changed */
  constructor(now: () => Date, draw: () => void) {
    this.#now = now;
    this.#draw = draw;
  }

  /** Whether something will change by itself. */
  get passing(): boolean {
    return this.#away !== null || this.#slow !== null || this.#notice !== null;
  }

  away(reason: string): void {
    this.#away = { since: this.#away?.since ?? this.#now(), reason };
    this.#draw();
  }

  /** The database answers, and a reading takes long. */
  slow(): void {
    this.#away = null;
    this.#slow ??= this.#now();
    this.#draw();
  }

  back(): void {
    this.#away = null;
    this.#slow = null;
  }

  say(banner: Banner): void {
    this.#notice = { banner, until: this.#now().getTime() + noticeMs };
    this.#draw();
  }

  get banner(): Banner | null {
    const ageOf = (since: Date): string => formatDuration(this.#now().getTime() - since.getTime());
    if (this.#away !== null) {
      const { since, reason } = this.#away;
      const age = ageOf(since);
      const text = `PostgreSQL away since ${formatClock(since)}, for ${age}, trying again: ${reason}`;
      return { text, urgent: true, lasting: true };
    }
    if (this.waiting !== null && this.#notice === null)
      return { text: `waits: ${this.waiting}`, urgent: true, lasting: true };
    if (this.#notice !== null && this.#now().getTime() >= this.#notice.until) this.#notice = null;
    if (this.#notice === null && this.#slow !== null) {
      const text = `reading takes long, for ${ageOf(this.#slow)} so far: PostgreSQL answers, what is shown is from before`;
      return { text, urgent: false, lasting: true };
    }
    return this.#notice?.banner ?? null;
  }
}
