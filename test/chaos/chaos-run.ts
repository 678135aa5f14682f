import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandSweep, type SweepCommand } from '../../src/store/commands.ts';
import { wakeSweep } from '../../src/worker/watching/wake-sweep.ts';
import { readStartTime } from '../../src/worker/slots/process-identity.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import type { KeptProcess } from '../support/sweep-machine.ts';
import type { TestMachine } from '../support/test-machine.ts';
import { type ChaosCommand, chaosStep } from './chaos-commands.ts';

export interface ChaosOptions {
  readonly machine: TestMachine;
  readonly seed: number;
  readonly commands: number;
  readonly log: (line: string) => void;
}

interface ChaosSweep {
  readonly name: string;
  readonly sweepId: string;
}

export interface ChaosReport {
  readonly sweeps: readonly ChaosSweep[];
  readonly commands: Readonly<Record<string, number>>;
  readonly seconds: number;
}

const concurrentSweeps = 2;

/**
 * Carries out seeded random commands and kills over small simulated sweeps, two at a time; a third of the trainings are
 * shared by all of them. Ends with everything running again and every sweep resumed.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const run = new ChaosRun(options);
  const startedAt = performance.now();
  await run.carryOut();
  return { sweeps: run.sweeps, commands: run.counts, seconds: (performance.now() - startedAt) / 1_000 };
}

class ChaosRun {
  readonly #options: ChaosOptions;
  readonly sweeps: ChaosSweep[] = [];
  readonly counts: Record<string, number> = {};
  readonly #down = new Map<KeptProcess, Promise<void>>();
  readonly #wakes: Promise<unknown>[] = [];
  #trainers = new Map<number, string>();

  constructor(options: ChaosOptions) {
    this.#options = options;
  }

  async carryOut(): Promise<void> {
    const { seed, commands, log } = this.#options;
    for (let index = 0; index < commands; index += 1) {
      const running = await this.#keepSweepsRunning();
      const step = chaosStep(seed, index);
      log(`${index} ${JSON.stringify(step.command)}`);
      this.counts[step.command.kind] = (this.counts[step.command.kind] ?? 0) + 1;
      await this.#do(step.command, step.downMs, running);
      await sleep(step.pauseMs);
    }
    await Promise.all(this.#down.values());
    await Promise.all(this.#wakes);
    for (const sweep of await this.#unfinished()) await this.#command(sweep, { kind: 'resume' });
  }

  async #keepSweepsRunning(): Promise<ChaosSweep[]> {
    const running = await this.#unfinished();
    while (running.length < concurrentSweeps) {
      const number = this.sweeps.length;
      const simulation = { step_ms: 15, failure_rate: 0.1, crash_rate: 0.1, steps: 20 };
      const plan = simulatedPlan({
        name: `chaos-${this.#options.seed}-${number}`,
        trainings: 12,
        parallelism: 3,
        simulation,
        rungSteps: [10, 20],
        scheduler: { kind: 'halving', rungs: [0.5, 1], keep: 0.5 },
        sharedTrainings: 4,
      });
      const sweep = { name: plan.definition.name, sweepId: await persist(() => this.#options.machine.launch(plan)) };
      this.sweeps.push(sweep);
      running.push(sweep);
    }
    return running;
  }

  async #unfinished(): Promise<ChaosSweep[]> {
    const states = await persist(() => this.#options.machine.sweepStates());
    return this.sweeps.filter(({ sweepId }) => ['running', 'paused'].includes(states.get(sweepId) ?? ''));
  }

  async #do(command: ChaosCommand, downMs: number, running: readonly ChaosSweep[]): Promise<void> {
    const { processes } = this.#options.machine;
    const [control, ...train] = processes.workers;
    switch (command.kind) {
      case 'pause':
      case 'resume':
      case 'cancel':
      case 'resize': {
        const sweep = running[command.sweep % running.length];
        if (sweep !== undefined) await this.#command(sweep, recordCommand(command));
        break;
      }
      case 'kill_trainer':
        this.#killTrainer(command.which);
        break;
      case 'kill_train_worker':
        this.#takeDown(train[command.which % train.length], downMs);
        break;
      case 'kill_control_worker':
        this.#takeDown(control, downMs);
        break;
      case 'kill_temporal':
        this.#takeDown(processes.temporal, downMs);
        break;
      case 'kill_postgres':
        this.#takeDown(processes.postgres, downMs);
        break;
      case 'kill_everything':
        for (const process of [...processes.workers, processes.temporal, processes.postgres]) {
          this.#takeDown(process, downMs);
        }
        break;
      case 'lose_temporal':
        await this.#down.get(processes.temporal);
        await this.#options.machine.loseTemporal();
        break;
      case 'nothing':
        break;
    }
  }

  async #command(sweep: ChaosSweep, command: SweepCommand): Promise<void> {
    const { machine } = this.#options;
    const commandId = randomUUID();
    await persist(() => commandSweep(machine.store, sweep.name, commandId, command));
    const wake = wakeSweep(machine.client, { deployment: machine.deployment, sweepId: sweep.sweepId });
    this.#wakes.push(wake);
  }

  /** What is down already stays down as long as it was to. */
  #takeDown(process: KeptProcess | undefined, downMs: number): void {
    if (process === undefined || this.#down.has(process)) return;
    this.#noteTrainers();
    const back = (async () => {
      await process.kill();
      await sleep(downMs);
      await process.start();
      this.#down.delete(process);
    })();
    this.#down.set(process, back);
  }

  #killTrainer(which: number): void {
    this.#noteTrainers();
    const pids = this.#liveTrainers();
    const pid = pids[which % pids.length];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  #noteTrainers(): void {
    const workers = new Set(this.#options.machine.processes.workers.map((worker) => worker.pid));
    for (const { pid, parent, command } of listProcesses()) {
      if (!workers.has(parent) || !command.includes('trainer-process-main')) continue;
      this.#trainers.set(pid, readStartTime(pid) ?? '');
    }
  }

  #liveTrainers(): number[] {
    return [...this.#trainers].filter(([pid, start]) => readStartTime(pid) === start).map(([pid]) => pid);
  }
}

function recordCommand(command: Extract<ChaosCommand, { sweep: number }>): SweepCommand {
  return command.kind === 'resize'
    ? { kind: 'set_parallelism', parallelism: command.parallelism }
    : { kind: command.kind };
}

function listProcesses(): { pid: number; parent: number; command: string }[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** The database may be down for seconds: a person would try again, too. */
async function persist<T>(job: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await job();
    } catch (error) {
      if (tries >= 60) throw error;
      await sleep(250);
    }
  }
}
