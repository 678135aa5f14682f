import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DriveSettings } from '../../src/messages/workflow-inputs.ts';

const project = process.cwd();
const workerMain = join(project, 'dist', 'src', 'worker', 'main.js');

/** One process of a machine under test: killed at will, started again. */
export class KeptProcess {
  readonly name: string;
  readonly #start: () => Promise<ChildProcess>;
  #process: ChildProcess | null = null;
  #killed = false;
  readonly #logFile: string | null;
  /** How it ended when nobody here had killed it. */
  readonly surprises: string[] = [];

  /** @param logFile whose end tells why, where it ended by itself */
  constructor(name: string, start: () => Promise<ChildProcess>, logFile: string | null = null) {
    this.name = name;
    this.#logFile = logFile;
    this.#start = start;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<void> {
    this.#killed = false;
    const process = await this.#start();
    this.#process = process;
    process.once('exit', (code, signal) => {
      const words = this.#logFile === null ? '' : `\n${readFileSync(this.#logFile, 'utf8').slice(-6_000)}`;
      if (!this.#killed) this.surprises.push(`${this.name} ended by itself: ${signal ?? code}${words}`);
    });
  }

  /** kill -9, and wait until it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM, and SIGKILL when that does not help. @returns the exit status; null: it took SIGKILL */
  async stop(withinMs = 15_000): Promise<number | null> {
    const process = this.#process;
    const insist = setTimeout(() => process?.kill('SIGKILL'), withinMs);
    await this.#end('SIGTERM');
    clearTimeout(insist);
    return process?.exitCode ?? null;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#killed = true;
    const process = this.#process;
    if (process === null || process.exitCode !== null || process.signalCode !== null) return;
    const gone = new Promise((resolve) => process.once('exit', resolve));
    process.kill(signal);
    await gone;
  }
}

export interface WorkerProcessOptions {
  readonly name: string;
  readonly roles: readonly ('control' | 'train')[];
  readonly slots: number;
  readonly folder: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly drive: Partial<DriveSettings>;
  readonly environment?: NodeJS.ProcessEnv;
}

/** A worker process as the product's supervisor starts it; its log lies in the folder. */
export function workerProcess(options: WorkerProcessOptions): KeptProcess {
  const logFile = join(options.folder, `${options.name}.log`);
  const start = async (): Promise<ChildProcess> => {
    mkdirSync(options.folder, { recursive: true });
    const log = openSync(logFile, 'a');
    const roles = options.roles.flatMap((role) => ['--role', role]);
    const child = spawn(
      process.execPath,
      [workerMain, ...roles, '--slots', String(options.slots), '--data', options.folder],
      {
        cwd: project,
        stdio: ['ignore', log, log],
        env: {
          ...process.env,
          ...options.environment,
          DATABASE_URL: options.databaseUrl,
          TEMPORAL_ADDRESS: options.temporalAddress,
          DROPSWEEP_DRIVE: JSON.stringify(options.drive),
        },
      },
    );
    closeSync(log);
    return child;
  };
  return new KeptProcess(options.name, start, logFile);
}

/** Asks until the answer is not null; null after the time. */
export async function eventually<T>(ask: () => Promise<T | null>, withinMs: number, everyMs = 100): Promise<T | null> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null || performance.now() > deadline) return answer;
    await sleep(everyMs);
  }
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
