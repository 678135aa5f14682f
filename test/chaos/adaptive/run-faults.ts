import { setTimeout as sleep } from 'node:timers/promises';
import { assertNever } from '../../../src/base/assert-never.ts';
import { readStartTime } from '../../../src/worker/slots/process-identity.ts';
import type { KeptProcess } from '../../support/sweep-machine.ts';
import type { ChaosMachine } from './chaos-machine.ts';
import type { SearchName } from './chaos-sweep.ts';
import { type Fault, faultStep, nameOf, type Target } from './fault.ts';
import { OrphanWatch } from './orphan-watch.ts';
import { patiently } from './patiently.ts';
import { type StartedSweep, SweepsUnderFaults } from './sweeps-under-faults.ts';
import { signal } from './process-list.ts';

export interface FaultOptions {
  readonly machine: ChaosMachine;
  readonly seed: number;
  /** That hit something; others are passed over. */
  readonly faults: number;
  /** Of each sweep, about. */
  readonly trainings: number;
  /** How sweeps search, in turn. */
  readonly searches: readonly SearchName[];
  /** No fault begins later than this. */
  readonly withinMs: number;
  readonly log: (line: string) => void;
}

export interface FaultReport {
  readonly sweeps: readonly StartedSweep[];
  readonly faults: number;
  /** By name. */
  readonly counts: Readonly<Record<string, number>>;
  /** What went wrong on the way. */
  readonly wrong: readonly string[];
}

/**
 * Seeded faults over sweeps that are launched, extended and steered meanwhile, two at a time. Ends with every process going
 * on, every connection open and everything up that was down; what was launched may still run.
 */
export async function runFaults(options: FaultOptions): Promise<FaultReport> {
  const run = new FaultRun(options);
  return run.carryOut();
}

class FaultRun {
  readonly #options: FaultOptions;
  readonly #sweeps: SweepsUnderFaults;
  readonly #counts: Record<string, number> = {};
  /** Processes and proxies that a fault holds, by name, until they are as before. */
  readonly #held = new Map<string, Promise<void>>();
  readonly #orphans: OrphanWatch;
  /** What could not be brought back. */
  readonly #failed: string[] = [];

  constructor(options: FaultOptions) {
    this.#options = options;
    this.#orphans = new OrphanWatch(options.machine);
    this.#sweeps = new SweepsUnderFaults(options, (what) => this.#failed.push(what));
  }

  async carryOut(): Promise<FaultReport> {
    const { seed, faults, withinMs, log } = this.#options;
    const deadline = performance.now() + withinMs;
    let done = 0;
    this.#sweeps.lookAfter();
    await this.#sweeps.settled();
    for (let index = 0; done < faults && performance.now() < deadline; index += 1) {
      this.#sweeps.lookAfter();
      const { fault, pauseMs } = faultStep(seed, index);
      const hit = this.#do(fault);
      if (hit) {
        done += 1;
        this.#counts[nameOf(fault)] = (this.#counts[nameOf(fault)] ?? 0) + 1;
        log(`${index} ${JSON.stringify(fault)}`);
        await sleep(pauseMs);
      } else await sleep(20);
      this.#orphans.look();
    }
    log('all faults are over');
    while (this.#held.size > 0) await Promise.all(this.#held.values());
    await patiently(() => this.#options.machine.up());
    this.#options.machine.clients.hurry();
    await this.#sweeps.settled();
    const counts = Object.fromEntries(Object.entries(this.#counts).sort(([a], [b]) => a.localeCompare(b)));
    return { sweeps: this.#sweeps.started, faults: done, counts, wrong: [...this.#orphans.wrong, ...this.#failed] };
  }

  /** False where there is nothing to hit. */
  #do(fault: Fault): boolean {
    const { machine } = this.#options;
    switch (fault.kind) {
      case 'kill':
        return this.#kill(fault.target, fault.which, fault.downMs);
      case 'freeze':
        return this.#freeze(fault.target, fault.which, fault.forMs);
      case 'cut':
        return machine.proxies[fault.server].cut(fault.share) > 0;
      case 'lose answers':
        return machine.proxies[fault.server].loseAnswers() > 0;
      case 'stall': {
        const proxy = machine.proxies[fault.server];
        return this.#hold(
          `proxy of ${fault.server}`,
          fault.forMs,
          () => proxy.stall(),
          () => proxy.flow(),
        );
      }
      case 'refuse': {
        const proxy = machine.proxies[fault.server];
        const refuse = () => {
          proxy.refuse(true);
          proxy.cut(1);
        };
        return this.#hold(`proxy of ${fault.server}`, fault.forMs, refuse, () => proxy.refuse(false));
      }
      case 'restart postgres': {
        const [pid] = this.#free('postgres');
        return pid !== undefined && signal(pid, 'SIGINT');
      }
      case 'lose temporal': {
        const [pid] = this.#free('temporal');
        if (pid === undefined) return false;
        machine.deleteTemporal();
        return signal(pid, 'SIGKILL');
      }
      case 'edit':
        return this.#sweeps.edit(fault);
      default:
        return assertNever(fault, 'fault');
    }
  }

  #kill(target: Target, which: number, downMs: number): boolean {
    const pids = this.#free(target);
    const pid = pids[which % Math.max(1, pids.length)];
    if (pid === undefined) return false;
    const { machine } = this.#options;
    if (target === 'supervisor') {
      const again = async () => {
        signal(pid, 'SIGKILL');
        await sleep(downMs);
        // The next may be killed while it starts.
        await patiently(() => machine.up());
      };
      this.#keepHeld(String(pid), again());
      return true;
    }
    const kept = machine.kept.find((process) => process.pid === pid);
    if (kept === undefined) return signal(pid, 'SIGKILL');
    this.#keepHeld(String(pid), restart(kept, downMs));
    return true;
  }

  /** PostgreSQL is frozen whole, with the processes of its connections. */
  #freeze(target: Target, which: number, forMs: number): boolean {
    const pids = this.#free(target);
    const pid = pids[which % Math.max(1, pids.length)];
    if (pid === undefined) return false;
    const all = this.#options.machine.processes();
    const children = target === 'postgres' ? all.filter(({ parent }) => parent === pid) : [];
    const frozen = [pid, ...children.map((child) => child.pid)].map((each) => ({
      pid: each,
      startTime: readStartTime(each),
    }));
    const stop = () => {
      for (const each of frozen) signal(each.pid, 'SIGSTOP');
      this.#orphans.freeze(frozen.map((each) => each.pid));
    };
    const goOn = () => {
      for (const each of frozen) if (readStartTime(each.pid) === each.startTime) signal(each.pid, 'SIGCONT');
      this.#orphans.thaw(frozen.map((each) => each.pid));
    };
    return this.#hold(String(pid), forMs, stop, goOn);
  }

  /** Processes of a target that no fault holds. */
  #free(target: Target): readonly number[] {
    const { machine } = this.#options;
    return machine.pidsOf(target, machine.processes()).filter((pid) => !this.#held.has(String(pid)));
  }

  #hold(name: string, forMs: number, begin: () => void, end: () => void): boolean {
    if (this.#held.has(name)) return false;
    begin();
    this.#keepHeld(name, sleep(forMs).then(end));
    return true;
  }

  #keepHeld(name: string, until: Promise<void>): void {
    const over = until.catch((error: unknown) => void this.#failed.push(`${name}: ${String(error)}`));
    this.#held.set(
      name,
      over.finally(() => this.#held.delete(name)),
    );
  }
}

async function restart(worker: KeptProcess, downMs: number): Promise<void> {
  await worker.kill();
  await sleep(downMs);
  await worker.start();
}
