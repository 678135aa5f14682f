import { drawInputLines, editLine, inputLine, insertText, type InputLine } from './input-line.ts';
import type { PressedKey } from './key-bindings.ts';
import type { StyledLine } from '../terminal/styled-line.ts';

/** A kind of question in a line at the foot of the screen. */
export interface PromptKind {
  /** Before the text. */
  readonly sign: string;
  /** The text when it opens. */
  readonly text: string;
  /** A hint of what could be typed now. */
  hint(text: string): string;
  /** The text that `tab` makes of it. */
  complete(text: string): string;
  /** @returns why it is not taken; null: it was */
  submit(text: string): string | null;
}

/** The line at the foot of the screen, while one is open. */
export class Prompt {
  readonly #draw: () => void;
  #open: { readonly kind: PromptKind; readonly line: InputLine } | null = null;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** As it is drawn, and what is wrong with it; null: none is open. */
  get shown(): ShownPrompt | null {
    if (this.#open === null) return null;
    const { kind, line } = this.#open;
    return { problem: line.problem, draw: (width) => drawInputLines(line, kind.hint(line.text), width) };
  }

  open(kind: PromptKind): void {
    this.#open = { kind, line: inputLine(kind.sign, kind.text) };
    this.#draw();
  }

  /** @returns whether a line is open, which then has the key */
  take(input: string, key: PressedKey): boolean {
    if (this.#open === null) return false;
    const { kind, line } = this.#open;
    if (key.escape === true || (key.ctrl === true && input === 'c')) this.#open = null;
    else if (key.return === true || input === '\r' || input === '\n') {
      const problem = kind.submit(line.text);
      this.#open = problem === null ? null : { kind, line: { ...line, problem } };
    } else if (key.tab === true) {
      this.#open = { kind, line: inputLine(kind.sign, kind.complete(line.text)) };
    } else this.#open = { kind, line: editLine(line, input, key) ?? line };
    this.#draw();
    return true;
  }

  /** @returns whether a line is open, which then has the text */
  paste(text: string): boolean {
    if (this.#open === null) return false;
    const { kind, line } = this.#open;
    this.#open = { kind, line: insertText(line, text) };
    this.#draw();
    return true;
  }
}

export interface ShownPrompt {
  readonly problem: string | null;
  /** One line, and above it what is asked where both have no room in one. */
  readonly draw: (width: number) => readonly StyledLine[];
}

/** The beginning that both words share. */
export function commonBeginning(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
