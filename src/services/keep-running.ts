import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProvedDead, readStartTime } from '../worker/process-identity.ts';
import type { ServiceProcess } from './service-status.ts';

export interface ServiceDefinition {
  readonly name: string;
  /** Starts it and waits until it serves. */
  start(): Promise<{ readonly process: ChildProcess; readonly port: number | null }>;
  /** What asks it to end, and how long it may take. */
  readonly stopSignal: NodeJS.Signals;
  readonly stopMs: number;
}

export interface ServiceEvents {
  changed(status: ServiceProcess | null): void;
  failed(error: unknown, retryMs: number): void;
}

const firstRetryMs = 500;
const longestRetryMs = 30_000;
/** Up for so long, it counts as well: the next end is answered at once again. */
const settledMs = 60_000;

/** One service that is started again whenever it ends, after growing pauses, until it is stopped. */
export class KeptService {
  readonly #definition: ServiceDefinition;
  readonly #events: ServiceEvents;
  readonly #stopping = new AbortController();
  #child: ChildProcess | null = null;
  #restarts = 0;
  #loop: Promise<void> | null = null;

  constructor(definition: ServiceDefinition, events: ServiceEvents) {
    this.#definition = definition;
    this.#events = events;
  }

  /** Starts it for the first time; an error here is the caller's. Afterwards it is kept running. */
  async begin(): Promise<void> {
    const { ended } = await this.#start();
    this.#loop = this.#keep(ended);
  }

  async #start(): Promise<{ readonly ended: Promise<void> }> {
    const { process: child, port } = await this.#definition.start();
    this.#child = child;
    const ended = new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      child.once('exit', () => resolve());
    });
    const pid = child.pid ?? 0;
    this.#events.changed({ pid, startTime: readStartTime(pid) ?? '', port, restarts: this.#restarts });
    return { ended };
  }

  async #keep(first: Promise<void>): Promise<void> {
    let ended = first;
    let retryMs = firstRetryMs;
    for (;;) {
      const begun = performance.now();
      await ended;
      this.#child = null;
      this.#events.changed(null);
      if (performance.now() - begun > settledMs) retryMs = firstRetryMs;
      for (;;) {
        if (this.#stopping.signal.aborted) return;
        this.#restarts += 1;
        try {
          ({ ended } = await this.#start());
          break;
        } catch (error) {
          this.#events.failed(error, retryMs);
          await sleep(retryMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
          retryMs = Math.min(longestRetryMs, retryMs * 2);
        }
      }
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child?.pid !== undefined) await stopProcess(child.pid, this.#definition.stopSignal, this.#definition.stopMs);
    await this.#loop;
  }
}

/** Asks a process to end, waits, and kills it when it does not. Resolves when it is gone. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, waitMs: number): Promise<void> {
  const startTime = readStartTime(pid);
  if (startTime === null) return;
  const gone = () => isProvedDead({ pid, startTime });
  signalIfThere(pid, signal);
  const deadline = performance.now() + waitMs;
  while (!gone() && performance.now() < deadline) await sleep(20);
  while (!gone()) {
    signalIfThere(pid, 'SIGKILL');
    await sleep(20);
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ESRCH') throw error;
  }
}
