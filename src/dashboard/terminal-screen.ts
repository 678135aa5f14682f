import { Writable } from 'node:stream';
import { inAscii } from './glyphs.ts';

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
const leaveScreen = `${escape}?2004l${escape}?25h${escape}?1049l`;
const beginUpdate = `${escape}?2026h`;
const endUpdate = `${escape}?2026l`;

/**
 * Owns the terminal's alternate screen: whole frames are written to it (by ink in its debug mode, which writes each
 * frame and nothing else), and only the lines that changed reach the terminal, each at its own place. So a frame of
 * the terminal's full height never scrolls, and what stood on the screen before comes back afterward.
 */
export class TerminalScreen extends Writable {
  readonly #output: TerminalOutput;
  readonly #ascii: boolean;
  #drawn: readonly string[] = [];
  #open = false;

  /** @param ascii whether nothing but ASCII may reach the terminal */
  constructor(output: TerminalOutput, ascii = false) {
    super({ decodeStrings: false });
    this.#output = output;
    this.#ascii = ascii;
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
    this.#output.write(enterScreen);
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

  override _write(frame: string | Buffer, _encoding: string, done: () => void): void {
    if (this.#open && frame.length > 0) this.#draw(String(frame));
    done();
  }

  #draw(frame: string): void {
    const lines = (this.#ascii ? inAscii(frame) : frame).split('\n').slice(0, this.rows);
    const changed = Array.from({ length: Math.max(lines.length, this.#drawn.length) }, (_, row) => row).filter(
      (row) => lines[row] !== this.#drawn[row],
    );
    this.#drawn = lines;
    if (changed.length === 0) return;
    const updates = changed.map((row) => `${escape}${row + 1};1H${escape}0m${escape}2K${lines[row] ?? ''}`);
    this.#output.write(`${beginUpdate}${updates.join('')}${endUpdate}`);
  }
}
