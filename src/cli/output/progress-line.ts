import { formatBytes } from '../../base/format-bytes.ts';
import type { Amount, Progress } from '../../base/progress.ts';
import { formatDuration } from '../../metrics/values/format-value.ts';

/** Where progress is written. */
export interface ProgressScreen {
  readonly isTerminal: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** A line that stays. */
  line(text: string): void;
  /** The line that changes, at the terminal's foot; empty: none. */
  foot(text: string): void;
}

/** What takes no longer is not shown growing. */
const quietMs = 1_000;
const terminalEveryMs = 250;
const pipeEveryMs = 10_000;

/** A rate of the first moments is no rate. */
const leastMsForRate = 2_000;

/**
 * What goes on, for people: on a terminal one line that changes, each quarter of a second, with the time that it has taken
 * and the time that is left; elsewhere a line each ten seconds. What is told without an amount stands in a line of its own.
 */
export class ProgressLine {
  readonly #screen: ProgressScreen;
  readonly #now: () => number;
  #current: { what: string; amount: Amount | null; begun: number; first: number } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #shownAt = 0;

  constructor(screen: ProgressScreen, now: () => number = () => performance.now()) {
    this.#screen = screen;
    this.#now = now;
  }

  readonly tell: Progress = (what, amount) => {
    const before = this.#current;
    // Less than before of the same thing: it begins again with something else.
    const again = (amount?.done ?? Number.POSITIVE_INFINITY) < (before?.amount?.done ?? 0);
    if (before === null || before.what !== what || again) {
      this.#screen.foot('');
      this.#current = { what, amount: amount ?? null, begun: this.#now(), first: amount?.done ?? 0 };
      this.#shownAt = this.#now();
      if (amount === undefined) this.#screen.line(what);
    } else {
      before.amount = amount ?? null;
    }
    this.#timer ??= this.#begin();
    this.look();
  };

  /** It is over, or something else is said. */
  end(): void {
    this.#current = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#screen.foot('');
  }

  /** Shows what goes on, where it is time to. */
  look(): void {
    const current = this.#current;
    if (current === null) return;
    const now = this.#now();
    const took = now - current.begun;
    const everyMs = this.#screen.isTerminal ? terminalEveryMs : pipeEveryMs;
    if (took < quietMs || now - this.#shownAt < everyMs) return;
    this.#shownAt = now;
    const text = progressText(current.what, current.amount, { tookMs: took, first: current.first });
    if (this.#screen.isTerminal) this.#screen.foot(shortened(text, this.#screen.width - 1));
    else this.#screen.line(text);
  }

  /** Time goes on also where nobody tells anything. It keeps no process alive. */
  #begin(): NodeJS.Timeout {
    return setInterval(() => this.look(), terminalEveryMs).unref();
  }
}

/** `fetching model.safetensors: 34 MB of 91 MB, 37 %, 8 s left`. */
export function progressText(
  what: string,
  amount: Amount | null,
  { tookMs, first }: { readonly tookMs: number; readonly first: number },
): string {
  if (amount === null) return `${what}: ${formatDuration(tookMs)}`;
  const { done, of, unit } = amount;
  const spell = (count: number): string => (unit === 'B' ? formatBytes(count) : `${count}`);
  const word = unit === 'B' ? '' : ` ${unit}`;
  if (of === null) return `${what}: ${spell(done)}${word}, ${formatDuration(tookMs)}`;
  const share = of === 0 ? 1 : Math.min(1, done / of);
  const grown = done - first;
  const left =
    grown > 0 && tookMs >= leastMsForRate && done < of
      ? `, ${formatDuration((tookMs * (of - done)) / grown)} left`
      : `, ${formatDuration(tookMs)}`;
  return `${what}: ${spell(done)} of ${spell(of)}${word}, ${Math.floor(100 * share)} %${left}`;
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
