import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, readStartTime } from '../worker/process-identity.ts';
import { endProcess, endSteps } from './end-process.ts';
import type { ServiceStatus } from './services-status.ts';

export interface KeptServiceOptions {
  /** A name of `endSteps`. */
  readonly name: string;
  /** Resolves when the service is of use. */
  start(): Promise<ChildProcess>;
  changed(): void;
  log(text: string): void;
  readonly firstDelayMs?: number;
  readonly longestDelayMs?: number;
  /** After so long a life the next restart is at once again. */
  readonly steadyMs?: number;
}

/** One process that is started again, later each time, whenever it ends on its own. */
export class KeptService {
  readonly #options: KeptServiceOptions;
  readonly #stopping = new AbortController();
  #process: ProcessIdentity | null = null;
  #restarts = 0;
  #fault: string | null = null;
  #delayMs: number;

  constructor(options: KeptServiceOptions) {
    this.#options = options;
    this.#delayMs = options.firstDelayMs ?? 250;
  }

  get name(): string {
    return this.#options.name;
  }

  get status(): ServiceStatus {
    return { process: this.#process, restarts: this.#restarts, fault: this.#fault };
  }

  /** The first start. @throws what starting threw; later faults are kept in `status` and tried again */
  async start(): Promise<void> {
    const child = await this.#options.start();
    const pid = child.pid ?? 0;
    const startTime = readStartTime(pid);
    this.#process = startTime === null ? null : { pid, startTime };
    const bornAt = performance.now();
    const ended = (how: string): void => {
      void this.#onEnd(how, performance.now() - bornAt);
    };
    if (child.exitCode !== null || child.signalCode !== null) ended('at once');
    else child.once('exit', (code, signal) => ended(signal ?? `status ${code}`));
    this.#options.changed();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#process !== null) await endProcess(this.#process, endSteps[this.name] ?? []);
    this.#process = null;
  }

  async #onEnd(how: string, livedMs: number): Promise<void> {
    this.#process = null;
    if (this.#stopping.signal.aborted) return;
    if (livedMs > (this.#options.steadyMs ?? 60_000)) this.#delayMs = this.#options.firstDelayMs ?? 250;
    this.#fault = `ended: ${how}`;
    for (;;) {
      this.#options.log(`${this.name} ${this.#fault}; starting it again in ${this.#delayMs / 1_000} s`);
      this.#options.changed();
      await sleep(this.#delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      this.#delayMs = Math.min(2 * this.#delayMs, this.#options.longestDelayMs ?? 30_000);
      this.#restarts += 1;
      try {
        await this.start();
        if (this.#stopping.signal.aborted) await this.stop();
        return;
      } catch (error) {
        this.#fault = error instanceof Error ? error.message : String(error);
      }
    }
  }
}
