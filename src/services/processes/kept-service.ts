import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, readStartTime } from '../../worker/slots/process-identity.ts';
import { endProcess, endSteps } from './end-process.ts';
import type { ServiceStatus } from '../services-status.ts';

export interface KeptServiceOptions {
  /** A name of `endSteps`. */
  readonly name: string;
  /** Resolves when the service is of use. */
  start(): Promise<ChildProcess>;
  /** Whether it answers, within seconds: a rejection is none. One that lives and has not, `looks` times in a row, is ended. */
  readonly answers?: () => Promise<boolean>;
  changed(): void;
  log(text: string): void;
  readonly firstDelayMs?: number;
  readonly longestDelayMs?: number;
  /** After so long a life the next restart is at once again. */
  readonly steadyMs?: number;
  /** Counted, and not timed: a machine that slept has missed none. */
  readonly looks?: number;
  readonly lookEveryMs?: number;
}

/** One process that is started again, later each time, whenever it ends on its own or has long answered nobody. */
export class KeptService {
  readonly #options: KeptServiceOptions;
  readonly #stopping = new AbortController();
  #process: ProcessIdentity | null = null;
  #restarts = 0;
  #fault: string | null = null;
  /** Why the process that runs is being ended. */
  #silence: string | null = null;
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
    if (this.#process === null) return;
    this.#watch(this.#process).catch((error: unknown) =>
      this.#options.log(`${this.name} is not watched: ${String(error)}`),
    );
  }

  /** Ends a process that has answered nobody for too long; another of its kind is then started. */
  async #watch(watched: ProcessIdentity): Promise<void> {
    const { answers, looks = 12, lookEveryMs = 10_000 } = this.#options;
    if (answers === undefined) return;
    let silent = 0;
    while (this.#process === watched) {
      await sleep(lookEveryMs, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
      if (this.#stopping.signal.aborted || this.#process !== watched) return;
      const answered = await answers().catch(() => false);
      if (this.#stopping.signal.aborted || this.#process !== watched) return;
      silent = answered ? 0 : silent + 1;
      if (silent < looks) continue;
      this.#silence = `lives, and answered none of ${looks} looks`;
      this.#options.log(`${this.name} ${this.#silence}; ending it`);
      await endProcess(watched, endSteps[this.name] ?? []);
      return;
    }
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
    this.#fault = this.#silence ?? `ended: ${how}`;
    this.#silence = null;
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
