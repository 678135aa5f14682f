import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { round } from './figures.ts';
import { processesOf } from './process-figures.ts';
import type { GridRecord } from './same-front.ts';

/** Values of the axes that cost a training. */
export interface GridPart {
  readonly p: readonly number[];
  readonly N: readonly number[];
  readonly seed: readonly number[];
}

export interface GridSettings {
  /** A folder with MRPC's train.tsv and dev.tsv. */
  readonly data: string;
  readonly rows: number;
  /** null: all */
  readonly devRows: number | null;
  readonly gapRows: number;
  readonly epochs: number;
  /** Values of M. */
  readonly members: readonly number[];
  readonly slots: number;
}

/** A scheduler of a sweep file that stops trainings. */
export type Scheduler = string;

/** What a side has done of a grid. */
export interface RanPart {
  readonly seconds: number;
  readonly figures: Readonly<Record<string, unknown>>;
}

const main = path.resolve(import.meta.dirname, '../src/cli/main.js');

/** This product's side: its own commands, on services of its own. */
export class OwnGrid {
  readonly name: string;
  readonly #folder: string;
  readonly #settings: GridSettings;
  readonly #scheduler: Scheduler | null;
  #launched = 0;

  private constructor(folder: string, settings: GridSettings, scheduler: Scheduler | null) {
    this.name = scheduler === null ? 'own' : 'adaptive';
    this.#folder = folder;
    this.#settings = settings;
    this.#scheduler = scheduler;
  }

  /**
   * @param folder of this side of this round alone: nothing of another is found there
   * @param scheduler null: all trainings run to their end
   */
  static async open(folder: string, settings: GridSettings, scheduler: Scheduler | null = null): Promise<OwnGrid> {
    mkdirSync(folder, { recursive: true });
    const grid = new OwnGrid(folder, settings, scheduler);
    try {
      await grid.#dropsweep('up');
    } catch (error) {
      await grid.close();
      throw error;
    }
    return grid;
  }

  /** The sweep that was launched last. */
  get record(): GridRecord {
    return { data: path.join(this.#folder, 'data'), sweep: `grid-${this.#launched}` };
  }

  async run(part: GridPart): Promise<RanPart> {
    this.#launched += 1;
    const name = `grid-${this.#launched}`;
    const file = path.join(this.#folder, `${name}.yaml`);
    writeFileSync(file, sweepFile(name, part, this.#settings, this.#scheduler));
    const before = this.#cpuSeconds();
    const begun = performance.now();
    await this.#dropsweep('launch', file);
    const seconds = (performance.now() - begun) / 1_000;
    const after = this.#cpuSeconds();
    const cpu = Object.fromEntries(
      Object.entries(after).map(([role, used]) => [role, round(used - (before[role] ?? 0))]),
    );
    const shown: unknown = JSON.parse(await this.#dropsweep('show', name, '--format', 'json'));
    writeFileSync(path.join(this.#folder, `${name}.json`), JSON.stringify(shown));
    return { seconds, figures: { cpu_seconds: cpu } };
  }

  async close(): Promise<void> {
    await this.#dropsweep('down');
  }

  #cpuSeconds(): Record<string, number> {
    const roles: Record<string, number> = {};
    for (const { role, cpuSeconds } of processesOf(this.#folder)) roles[role] = (roles[role] ?? 0) + cpuSeconds;
    return roles;
  }

  /** @throws Error with what the command said, where it failed */
  async #dropsweep(...args: readonly string[]): Promise<string> {
    const env = {
      ...process.env,
      DROPSWEEP_DATA: path.join(this.#folder, 'data'),
      XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
      DROPSWEEP_SLOTS: `${this.#settings.slots}`,
      DROPSWEEP_THREADS: '1',
    };
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
    const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    if (status !== 0) throw new Error(`dropsweep ${args.join(' ')}: ${stderr}`);
    return stdout;
  }
}

function sweepFile(
  name: string,
  { p, N, seed }: GridPart,
  settings: GridSettings,
  scheduler: Scheduler | null,
): string {
  const { data, rows, devRows, gapRows, epochs, members, slots } = settings;
  const list = (values: readonly number[]) => `[${values.join(', ')}]`;
  return `name: ${name}
base: sentence-transformers/all-MiniLM-L6-v2
task:
  kind: text-classification
  data: {glue: MRPC, folder: ${JSON.stringify(data)}}
  train_rows: ${rows}
${devRows === null ? '' : `  dev_rows: ${devRows}\n`}space:
  p: ${list(p)}
  N: ${list(N)}
  M: ${list(members)}
  seed: ${list(seed)}
training: {epochs: ${epochs}, batch_size: 32, learning_rate: 5.0e-4, clip_norm: 1.0, rank: 8, alpha: 16, targets: all-linear, max_length: 128}
evaluation: {mode: ensemble, gap_rows: ${gapRows}}
objectives: [loss, accuracy]
${scheduler === null ? '' : `scheduler: ${scheduler}\n`}parallelism: ${slots}
`;
}
