import type { ChaosMachine } from './chaos-machine.ts';

/** An orphan has so long to end. */
const mayLiveMs = 30_000;
const lookEveryMs = 2_000;

/** Watches for processes that nobody owns any more and that go on all the same. */
export class OrphanWatch {
  readonly #machine: ChaosMachine;
  /** When each was first seen without an owner, or was last frozen. */
  readonly #since = new Map<string, number>();
  readonly #frozen = new Set<number>();
  #lookedAt = 0;
  readonly wrong: string[] = [];

  constructor(machine: ChaosMachine) {
    this.#machine = machine;
  }

  /** Who is frozen cannot end: its time begins when it goes on. */
  freeze(pids: readonly number[]): void {
    for (const pid of pids) this.#frozen.add(pid);
  }

  thaw(pids: readonly number[]): void {
    for (const pid of pids) this.#frozen.delete(pid);
  }

  look(): void {
    const now = performance.now();
    if (now < this.#lookedAt + lookEveryMs) return;
    this.#lookedAt = now;
    // What a killed supervisor left goes on until the next one has come up; trainers end by themselves.
    const isUp = this.#machine.isUp();
    const orphans = this.#machine.orphans(this.#machine.processes());
    const seen = new Set<string>();
    for (const { pid, startTime, command } of orphans) {
      const key = `${pid} ${startTime}`;
      seen.add(key);
      const waits = this.#frozen.has(pid) || (!isUp && !command.includes('trainer-process-main'));
      const since = waits ? now : (this.#since.get(key) ?? now);
      this.#since.set(key, since);
      if (now - since <= mayLiveMs) continue;
      this.wrong.push(
        `process ${pid} has had no owner for ${Math.round((now - since) / 1_000)} s: ${command.slice(0, 200)}`,
      );
      this.#since.set(key, Number.POSITIVE_INFINITY);
    }
    for (const key of this.#since.keys()) if (!seen.has(key)) this.#since.delete(key);
  }
}
