import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import xterm, { type Terminal } from '@xterm/headless';

export interface PtyOptions {
  readonly columns: number;
  readonly rows: number;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const updateEnds = '\u001B[?2026l';
const screenCleared = '\u001B[2J';

/** Terminals whose program runs: they leave with this process, and the programs with them, by SIGHUP. */
const open = new Set<PtyTerminal>();
process.on('exit', () => {
  for (const terminal of open) terminal.kill();
});

/** A process on a pseudo-terminal of its own (by `script`), and an emulator that shows what a person would see. */
export class PtyTerminal {
  readonly terminal: Terminal;
  /** When it was begun, on the clock of `performance.now()`. */
  readonly begunAt = performance.now();
  /** When the program took the screen; null: not yet. */
  screenAt: number | null = null;
  /** Bytes that were written to the terminal so far, and when the last of them came. */
  bytes = 0;
  writtenAt = performance.now();
  /** When each update of the screen was whole, which programs say that draw by synchronised updates. */
  readonly updates: number[] = [];
  /** How often the whole screen was cleared. */
  clears = 0;
  #cut = '';
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;

  constructor({ columns, rows, command, environment }: PtyOptions) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    const words = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
    const line = `stty cols ${columns} rows ${rows}; exec ${words}`;
    this.#child = spawn('script', ['-qefc', line, '/dev/null'], {
      env: { PATH: process.env['PATH'], TERM: 'xterm-256color', LANG: 'C.UTF-8', SHELL: '/bin/sh', ...environment },
    });
    open.add(this);
    this.#ended = once(this.#child, 'exit').finally(() => open.delete(this));
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.writtenAt = performance.now();
      this.bytes += chunk.length;
      if (this.screenAt === null && chunk.includes('\u001B[?1049h')) this.screenAt = this.writtenAt;
      this.#count(chunk.toString('latin1'));
      this.terminal.write(chunk);
    });
    // The program may end between two keys.
    this.#child.stdin.on('error', () => undefined);
  }

  /** What is cut in two between chunks counts once it is whole. */
  #count(text: string): void {
    const seen = this.#cut + text;
    for (let ends = seen.split(updateEnds).length; ends > 1; ends -= 1) this.updates.push(this.writtenAt);
    this.clears += seen.split(screenCleared).length - 1;
    const tail = seen.slice(seen.lastIndexOf('\u001B'));
    this.#cut =
      tail.startsWith('\u001B') && tail.length < updateEnds.length && !tail.startsWith(screenCleared) ? tail : '';
  }

  press(keys: string): void {
    this.#child.stdin.write(keys);
  }

  async screen(): Promise<readonly string[]> {
    await new Promise<void>((resolve) => this.terminal.write('', resolve));
    const buffer = this.terminal.buffer.active;
    return Array.from({ length: this.terminal.rows }, (_, row) =>
      (buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  /** Waits until the screen is so. @throws Error with the screen as it is, after `timeoutMs` */
  async until(test: (screen: readonly string[]) => boolean, timeoutMs = 120_000): Promise<readonly string[]> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const screen = await this.screen();
      if (test(screen)) return screen;
      if (performance.now() > end) throw new Error(`never came:\n${screen.join('\n')}`);
      await sleep(5);
    }
  }

  /** The program's own process: the last of those that `script` began. */
  get pid(): number {
    let pid = this.#child.pid ?? 0;
    for (;;) {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      const [first] = children.split(' ');
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      if (first === undefined || first === '' || name === 'node' || name === 'MainThread') return pid;
      pid = Number(first);
    }
  }

  async end(): Promise<void> {
    await this.#ended;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
