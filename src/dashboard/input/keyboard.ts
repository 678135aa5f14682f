import type { PressedKey } from './key-bindings.ts';
import { type MouseReport, mouseReports } from './mouse.ts';

export interface KeyboardOptions {
  /** A key, on whatever it means. */
  readonly onKey: (input: string, key: PressedKey) => void;
  /** Text that a terminal says was pasted. */
  readonly onPaste: (text: string) => void;
  /** What the mouse did, where the terminal reports it; absent: it does not. */
  readonly onMouse?: (report: MouseReport) => void;
  /** Tells that a key was not taken, since it came with others. */
  readonly onRefused: () => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** What a terminal puts around pasted text, as ink hands it on. */
const pasteBegins = '[200~';
const pasteEnds = '[201~';

/** Keys that arrive as characters where they come with others. */
const keysInText: Readonly<Record<string, PressedKey>> = {
  '\r': { return: true },
  '\t': { tab: true },
  '\b': { backspace: true },
  '\u007F': { backspace: true },
};

/** Keys nearer to one another than this were not pressed by a hand: a key held down repeats slower. */
const togetherMs = 20;

/** A paste whose end was lost is over after such a silence, or the keyboard would be dead. */
const pasteSilenceMs = 1000;

/** Tells what is typed from what is pasted, also where the terminal does not say so. */
export class Keyboard {
  readonly #options: KeyboardOptions;
  readonly #now: () => number;
  #last = Number.NEGATIVE_INFINITY;
  #together = false;
  #pasted: string | null = null;
  #held: NodeJS.Timeout | null = null;

  constructor(options: KeyboardOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** @param input one character, the name of a sequence, or all that arrived at once */
  take(input: string, key: PressedKey): void {
    const { onMouse } = this.#options;
    const reports = onMouse === undefined || this.#pasted !== null ? null : mouseReports(input);
    if (reports !== null) {
      for (const each of reports) onMouse?.(each);
      return;
    }
    const now = this.#now();
    const silence = now - this.#last;
    this.#last = now;
    if (this.#pasted !== null && silence > pasteSilenceMs) this.#endPaste();
    if (this.#held !== null) this.#refuse();
    if (this.#pasted !== null) {
      if (input === pasteEnds) this.#endPaste();
      else this.#pasted += key.return === true ? '\n' : key.tab === true ? '\t' : input;
      return;
    }
    if (input === pasteBegins) {
      this.#pasted = '';
      return;
    }
    const characters = input === '' ? [input] : Array.from(input);
    this.#together = characters.length > 1 || silence < togetherMs;
    for (const character of characters) {
      if (characters.length === 1) this.#options.onKey(character, key);
      else this.#options.onKey(character, keysInText[character] ?? {});
    }
  }

  /** Does what the key just taken asks for, unless more came with it or comes at once: then it was no key. */
  alone(act: () => void): void {
    if (this.#together) {
      this.#options.onRefused();
      return;
    }
    this.#held = setTimeout(() => {
      this.#held = null;
      act();
    }, togetherMs);
  }

  /** Forgets what is held back. */
  close(): void {
    if (this.#held !== null) clearTimeout(this.#held);
    this.#held = null;
  }

  #refuse(): void {
    this.close();
    this.#options.onRefused();
  }

  #endPaste(): void {
    const text = this.#pasted ?? '';
    this.#pasted = null;
    this.#options.onPaste(text);
  }
}
