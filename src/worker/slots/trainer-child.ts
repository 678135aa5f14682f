import { escapeControls } from '../../base/escape-controls.ts';
import { signalGroup } from '../../base/signal-group.ts';
import { type ChildProcess, fork } from 'node:child_process';
import type { FromTrainer, ToTrainer } from '../../train/process/trainer-protocol.ts';

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines the process wrote to its standard error. */
  readonly lastWords: string;
}

export interface TrainerChildOptions {
  /** Path of the compiled trainer-process-main.js. */
  readonly mainPath: string;
  readonly environment: NodeJS.ProcessEnv;
  onMessage(message: FromTrainer): void;
  onEnd(end: ChildEnd): void;
}

const keptCharacters = 2_000;

/** One trainer process in a process group of its own, so that a stop reaches whatever it started. */
export class TrainerChild {
  readonly #process: ChildProcess;
  #lastWords = '';
  #ended = false;

  constructor(options: TrainerChildOptions) {
    this.#process = fork(options.mainPath, [], {
      serialization: 'advanced',
      detached: true,
      env: options.environment,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-keptCharacters);
      process.stderr.write(escapeControls(text));
    });
    this.#process.on('message', (message: FromTrainer) => options.onMessage(message));
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      this.#ended = true;
      options.onEnd({ code, signal, lastWords: this.#lastWords.trim() });
    };
    // What the process left behind in its group goes with it, and lets go of its standard error.
    this.#process.on('exit', () => signalGroup(this.pid, 'SIGKILL'));
    this.#process.on('close', end);
    this.#process.on('error', (error) => {
      this.#lastWords += `\n${error.message}`;
      if (this.#process.pid === undefined) end(null, null);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** A process that has just died takes no message: its end is told by onEnd. */
  send(message: ToTrainer): void {
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  terminate(): void {
    if (!this.#ended) signalGroup(this.pid, 'SIGTERM');
  }

  kill(): void {
    if (!this.#ended) signalGroup(this.pid, 'SIGKILL');
  }
}
