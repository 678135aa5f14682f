import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { round } from '../figures.ts';
import type { GridPart, RanPart } from '../grid-own.ts';

const program = path.resolve(import.meta.dirname, '../../../bench/peers/ray_grid.py');

/** Ray Tune's side of a grid: a process that keeps Ray up and runs a part for each line. */
export class RayGrid {
  readonly name = 'ray';
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  }

  /** @param settings as ray_grid.py reads them @throws Error where Ray does not come up */
  static async open(python: string, settings: string): Promise<RayGrid> {
    const grid = new RayGrid(spawn(python, [program, settings], { stdio: ['pipe', 'pipe', 'inherit'] }));
    if ((await grid.#next()) !== 'ready') throw new Error('Ray did not come up');
    return grid;
  }

  async run(part: GridPart): Promise<RanPart> {
    this.#child.stdin?.write(`${JSON.stringify(part)}\n`);
    const { seconds, cpu_seconds: cpu, trials }: RayAnswer = JSON.parse(await this.#next());
    const scores = trials.map(({ config, metrics }) => ({ p: config.p, N: config.N, seed: config.seed, ...metrics }));
    console.table(scores);
    return { seconds, figures: { cpu_seconds: cpu.map((used) => round(used)) } };
  }

  /** Ray ends with the end of its input. */
  close(): void {
    this.#child.stdin?.end();
  }

  async #next(): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error('Ray ended');
      if (value === 'ready' || value.startsWith('{')) return value;
    }
  }
}

interface RayAnswer {
  readonly seconds: number;
  /** Of each trial's process. */
  readonly cpu_seconds: readonly number[];
  readonly trials: readonly {
    readonly config: { readonly p: number; readonly N: number; readonly seed: number };
    readonly metrics: Readonly<Record<string, number>>;
  }[];
}
