import { PassThrough, type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal } from '@xterm/headless';
import { vi } from 'vitest';

/** A terminal emulator with a keyboard: what a person would see, and what they would type. */
export class Emulator {
  readonly terminal: Terminal;
  readonly stdin: NodeJS.ReadStream;
  rawMode = false;
  readonly #resize = new Set<() => void>();

  constructor(columns: number, rows: number) {
    this.terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
    this.terminal.write('$ dropsweep watch\r\n');
    this.stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (raw: boolean) => (this.rawMode = raw),
      ref: () => undefined,
      unref: () => undefined,
    }) as PassThrough as Readable as NodeJS.ReadStream;
  }

  readonly stdout = {
    write: (text: string) => this.terminal.write(text),
    on: (_event: 'resize', listener: () => void) => this.#resize.add(listener),
    off: (_event: 'resize', listener: () => void) => this.#resize.delete(listener),
  };

  output() {
    const { terminal } = this;
    return Object.defineProperties(
      { ...this.stdout, columns: 0, rows: 0 },
      { columns: { get: () => terminal.cols }, rows: { get: () => terminal.rows } },
    );
  }

  press(keys: string): void {
    this.stdin.push(keys);
  }

  /** A key that commands, as a hand presses it: not at once after another. */
  async pressAlone(key: string): Promise<void> {
    await sleep(50);
    this.press(key);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    for (const listener of this.#resize) listener();
  }

  get listeners(): number {
    return this.#resize.size;
  }

  /** The lines on the screen, trailing spaces off. */
  async screen(): Promise<readonly string[]> {
    await new Promise<void>((resolve) => this.terminal.write('', resolve));
    const buffer = this.terminal.buffer.active;
    return Array.from({ length: this.terminal.rows }, (_, row) =>
      (buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  async until(test: (screen: readonly string[]) => boolean): Promise<readonly string[]> {
    return vi.waitFor(
      async () => {
        const screen = await this.screen();
        if (!test(screen)) throw new Error(`never came:\n${screen.join('\n')}`);
        return screen;
      },
      { timeout: 10_000, interval: 20 },
    );
  }
}
