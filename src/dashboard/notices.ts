import type { Banner } from './event-lines.ts';
import { formatClock, formatDuration } from './terminal/format-value.ts';

const noticeMs = 4000;

/** The line above the keys: that the database is away, what the sweep waits for, or an answer to a key. */
export class Notices {
  readonly #now: () => Date;
  #away: { readonly since: Date; readonly reason: string } | null = null;
  #notice: { readonly banner: Banner; readonly until: number } | null = null;
  /** What the sweep waits for; null: nothing stands in its way. */
  waiting: string | null = null;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Whether something will change by itself. */
  get passing(): boolean {
    return this.#away !== null || this.#notice !== null;
  }

  away(reason: string): void {
    this.#away = { since: this.#away?.since ?? this.#now(), reason };
  }

  back(): void {
    this.#away = null;
  }

  say(banner: Banner): void {
    this.#notice = { banner, until: this.#now().getTime() + noticeMs };
  }

  get banner(): Banner | null {
    if (this.#away !== null) {
      const { since, reason } = this.#away;
      const age = formatDuration(this.#now().getTime() - since.getTime());
      return { text: `PostgreSQL away since ${formatClock(since)}, for ${age}, trying again: ${reason}`, urgent: true };
    }
    if (this.waiting !== null && this.#notice === null) return { text: `waits: ${this.waiting}`, urgent: true };
    if (this.#notice !== null && this.#now().getTime() >= this.#notice.until) this.#notice = null;
    return this.#notice?.banner ?? null;
  }
}
