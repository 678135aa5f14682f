import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { escapeControls } from '../../base/escape-controls.ts';
import { signalGroup } from '../../base/signal-group.ts';
import { type ProgramReport, readProgramLine } from './program-lines.ts';

export interface ProgramStart {
  /** Filled in. */
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Before each line of the log. */
  readonly label: string;
  readonly terminateSeconds: number;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote that was no report. */
  readonly lastWords: string;
}

/** A report of a run. */
interface RunReport extends ProgramReport {
  /** Its step as this run counts: a line without one is of the step after its own last. */
  readonly stepOfRun: number;
}

const keptCharacters = 2_000;
/** A longer line is no report, and reaches the log in pieces. */
const longestLine = 1 << 20;

/**
 * Begins the program as the leader of a process group of its own, so that it can be stopped alone with all that it
 * started; a watcher in the group ends it when this process is gone, however that came.
 */
const leader = `
owner=$1; shift; me=$$
( while kill -0 "$owner" 2>/dev/null && kill -0 "$me" 2>/dev/null; do sleep 1; done
  kill -0 "$owner" 2>/dev/null || kill -KILL "-$me" ) </dev/null >/dev/null 2>&1 &
exec "$@"`;

/** Programs that run now: they leave with this process. */
const running = new Set<LiveProgram>();
process.on('exit', () => {
  for (const program of running) program.kill();
});

/** One run of a sweep's program: what it has reported and not been asked for yet, and how it ended. */
export class LiveProgram {
  readonly #process: ChildProcess;
  readonly #label: string;
  readonly #terminateSeconds: number;
  readonly #reports: RunReport[] = [];
  #step = 0;
  readonly startedAt = performance.now();
  #lastWords = '';
  #end: ProgramEnd | null = null;
  #stopping: Promise<void> | null = null;
  #wake: (() => void) | null = null;

  constructor({ command, folder, environment, label, terminateSeconds }: ProgramStart) {
    this.#label = label;
    this.#terminateSeconds = terminateSeconds;
    this.#process = spawn('/bin/sh', ['-c', leader, 'program', String(process.pid), ...command], {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this);
    this.#listen(this.#process.stdout, (line) => this.#read(line));
    this.#listen(this.#process.stderr, (line) => this.#log(line));
    this.#process.on('error', (error) => this.#log(error.message));
    // What it left behind in its group goes with it, and lets go of the pipes.
    this.#process.on('exit', () => this.kill());
    this.#process.on('close', (code, signal) => {
      running.delete(this);
      this.#end = { code, signal, lastWords: this.#lastWords.trim() };
      this.#wake?.();
    });
  }

  /** Null while it runs. */
  get end(): ProgramEnd | null {
    return this.#end;
  }

  /** The oldest report that nobody has taken. */
  get next(): RunReport | null {
    return this.#reports[0] ?? null;
  }

  take(): void {
    this.#reports.shift();
  }

  /** Resolves at its next report, at its end, or after a while. */
  async news(withinMs: number): Promise<void> {
    if (this.#end !== null) return;
    await Promise.race([
      new Promise<void>((resolve) => {
        this.#wake = resolve;
      }),
      sleep(withinMs),
    ]);
    this.#wake = null;
  }

  /** SIGTERM to its group, SIGKILL after its time. Resolves when it is gone. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    signalGroup(this.#process.pid, 'SIGTERM');
    const deadline = performance.now() + this.#terminateSeconds * 1_000;
    while (this.#end === null && performance.now() < deadline) await this.news(deadline - performance.now());
    if (this.#end === null) this.kill();
    while (this.#end === null) await this.news(1_000);
  }

  kill(): void {
    signalGroup(this.#process.pid, 'SIGKILL');
  }

  #read(line: string): void {
    const said = readProgramLine(line);
    if (said.kind === 'text') {
      this.#log(said.text);
      return;
    }
    this.#step = said.step ?? this.#step + 1;
    this.#reports.push({ ...said, stepOfRun: this.#step });
    this.#wake?.();
  }

  #log(line: string): void {
    if (line.trim() === '') return;
    this.#lastWords = `${this.#lastWords}${line}\n`.slice(-keptCharacters);
    process.stderr.write(escapeControls(`${this.#label}: ${line}\n`));
  }

  #listen(stream: Readable | null, hear: (line: string) => void): void {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    stream?.on('data', (bytes: Buffer) => {
      const lines = `${rest}${decoder.write(bytes)}`.split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) hear(line);
      if (rest.length < longestLine) return;
      this.#log(rest);
      rest = '';
    });
    stream?.on('end', () => {
      if (rest !== '') hear(rest);
    });
  }
}
