import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { round } from './figures.ts';
import { processesOf } from './process-figures.ts';

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
  /** Further seeds are trained while a test has not decided. */
  readonly racing: boolean;
  /** The worse half is stopped after half of the steps. */
  readonly asha: boolean;
}

/** What a side has done of a grid. */
export interface RanPart {
  readonly seconds: number;
  readonly figures: Readonly<Record<string, unknown>>;
}

const main = path.resolve(import.meta.dirname, '../src/cli/main.js');

/** This product's side: its own commands, on services of its own. */
export class OwnGrid {
  readonly name = 'own';
  readonly #folder: string;
  readonly #settings: GridSettings;
  #launched = 0;

  private constructor(folder: string, settings: GridSettings) {
    this.#folder = folder;
    this.#settings = settings;
  }

  /** @param folder of this round alone: nothing of another is found there */
  static async open(folder: string, settings: GridSettings): Promise<OwnGrid> {
    const grid = new OwnGrid(folder, settings);
    await grid.#dropsweep('up');
    return grid;
  }

  async run(part: GridPart): Promise<RanPart> {
    this.#launched += 1;
    const name = `grid-${this.#launched}`;
    const file = path.join(this.#folder, `${name}.yaml`);
    writeFileSync(file, sweepFile(name, part, this.#settings));
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

function sweepFile(name: string, { p, N, seed }: GridPart, settings: GridSettings): string {
  const { data, rows, devRows, gapRows, epochs, members, slots, racing, asha } = settings;
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
${racing ? 'scheduler: {kind: racing}\n' : ''}${asha ? 'scheduler: {kind: asha, rungs: [0.5], keep: 0.5}\n' : ''}parallelism: ${slots}
`;
}
