import type { PaintedLine } from './frame-painter.ts';

/** The part of a terminal's stream that drawing needs. */
export interface TerminalOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

const escape = '\u001B[';
/** With pasted text in brackets, so that it can be told from keys. */
const enterScreen = `${escape}?1049h${escape}?25l${escape}?2004h${escape}2J`;
/** Presses and the wheel, with places beyond column 223. */
const mouseOn = `${escape}?1000h${escape}?1006h`;
/** The mouse is let go of whether or not it was held. */
const leaveScreen = `${escape}?1006l${escape}?1000l${escape}?2004l${escape}?25h${escape}?1049l`;
const beginUpdate = `${escape}?2026h`;
const endUpdate = `${escape}?2026l`;

/**
 * Owns the terminal's alternate screen: of a whole frame only the lines that changed reach the terminal, each at its own
 * place. So a frame of the terminal's full height never scrolls, and what stood on the screen before comes back afterward.
 */
export class TerminalScreen {
  readonly #output: TerminalOutput;
  #drawn: readonly PaintedLine[] = [];
  readonly #mouse: boolean;
  #open = false;

  /** @param mouse whether the terminal reports presses, and does not select text by itself */
  constructor(output: TerminalOutput, mouse = false) {
    this.#output = output;
    this.#mouse = mouse;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  open(): void {
    if (this.#open) return;
    this.#open = true;
    this.#output.write(this.#mouse ? `${enterScreen}${mouseOn}` : enterScreen);
  }

  /** Gives the terminal back as it was. May be called more than once. */
  leave(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#output.write(leaveScreen);
  }

  /** Forgets what is drawn: the next frame is drawn whole, on an empty screen. */
  invalidate(): void {
    if (!this.#open) return;
    this.#drawn = [];
    this.#output.write(`${escape}0m${escape}2J`);
  }

  /** Shows a frame; nothing while the terminal is somebody else's. */
  show(frame: readonly PaintedLine[]): void {
    if (!this.#open) return;
    const lines = frame.slice(0, this.rows);
    const rows = Array.from({ length: Math.max(lines.length, this.#drawn.length) }, (_, row) => row);
    const changed = rows.filter((row) => lines[row]?.text !== this.#drawn[row]?.text);
    this.#drawn = lines;
    if (changed.length === 0) return;
    const updates = changed.map((row) => `${escape}${row + 1};1H${this.#update(lines[row])}`);
    this.#output.write(`${beginUpdate}${updates.join('')}${endUpdate}`);
  }

  /** What stood behind a shorter line is erased after it; behind a full one nothing can stand, nor may be erased. */
  #update(line: PaintedLine = { text: '', width: 0 }): string {
    return line.width < this.columns ? `${line.text}${escape}K` : line.text;
  }
}
