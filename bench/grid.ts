import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { resolveModel } from '../src/hub/resolve-model.ts';
import { loadDataset } from '../src/tasks/load-dataset.ts';
import { median, processor, round } from './figures.ts';
import { type GridPart, OwnGrid } from './grid-own.ts';
import { RayGrid } from './peers/ray-grid.ts';

/**
 * A whole grid over p, N, M and seeds of MRPC, by this product and by Ray Tune with PEFT, in turn:
 * `npm run bench:grid -- --python PYTHON [--rows 256] [--p 0,0.25,0.5] [--N 1,4] [--M 1,2,4,8] [--seeds 0,1] [--epochs 2]
 * [--gap-rows 128] [--rounds 1] [--parts p|whole] [--sides own,ray] [--merged] [--racing] [--asha]`. Ray's trials at p = 0 are what the grid says, with `--merged`
 * one instance and one member. With `--parts p` each side does the
 * part of one p, then the other the same. Services of ours and Ray's are up before the clock starts; each launch is a
 * process of its own, as is each of Ray's trials.
 */
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    data: { type: 'string', default: '../shared/data/glue/MRPC' },
    rows: { type: 'string', default: '256' },
    'dev-rows': { type: 'string' },
    p: { type: 'string', default: '0,0.25,0.5' },
    N: { type: 'string', default: '1,4' },
    M: { type: 'string', default: '1,2,4,8' },
    seeds: { type: 'string', default: '0,1' },
    epochs: { type: 'string', default: '2' },
    'gap-rows': { type: 'string', default: '128' },
    slots: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '1' },
    parts: { type: 'string', default: 'p' },
    sides: { type: 'string', default: 'own,ray' },
    merged: { type: 'boolean', default: false },
    racing: { type: 'boolean', default: false },
    asha: { type: 'boolean', default: false },
  },
});
const numbers = (text: string) => text.split(',').map(Number);
const grid: GridPart = { p: numbers(options.p), N: numbers(options.N), seed: numbers(options.seeds) };
const parts = options.parts === 'whole' ? [grid] : grid.p.map((p) => ({ ...grid, p: [p] }));
const settings = {
  data: path.resolve(options.data),
  rows: Number(options.rows),
  devRows: options['dev-rows'] === undefined ? null : Number(options['dev-rows']),
  gapRows: Number(options['gap-rows']),
  epochs: Number(options.epochs),
  members: numbers(options.M),
  slots: Number(options.slots),
  racing: options.racing,
  asha: options.asha,
};
const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-grid-'));
const walls: Record<string, number[]> = {};
try {
  for (let number = 0; number < Number(options.rounds); number += 1) await runRound(path.join(folder, `${number}`));
  report();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Every part by each side in turn; who begins changes from part to part. */
async function runRound(place: string): Promise<void> {
  mkdirSync(place, { recursive: true });
  const base = await resolveModel('sentence-transformers/all-MiniLM-L6-v2');
  const names = options.sides.split(',');
  const own = names.includes('own') ? await OwnGrid.open(place, settings) : null;
  try {
    const ray = names.includes('ray')
      ? await RayGrid.open(options.python, rayFile(place, base.folder, await rows()))
      : null;
    try {
      const sides = [own, ray].filter((side) => side !== null);
      const sums = new Map(sides.map(({ name }) => [name, 0]));
      for (const [index, part] of parts.entries()) {
        for (const side of index % 2 === 0 ? sides : sides.toReversed()) {
          const ran = await side.run(part);
          sums.set(side.name, (sums.get(side.name) ?? 0) + ran.seconds);
          console.log(JSON.stringify({ side: side.name, p: part.p, seconds: round(ran.seconds), ...ran.figures }));
        }
      }
      for (const [name, sum] of sums) (walls[name] ??= []).push(sum);
    } finally {
      ray?.close();
    }
  } finally {
    await own?.close();
  }
}

async function rows() {
  const { rows: trainRows, devRows } = settings;
  return loadDataset({
    kind: 'text-classification',
    data: { kind: 'glue', task: 'MRPC', folder: settings.data },
    split_seed: 0,
    train_rows: trainRows,
    ...(devRows === null ? {} : { dev_rows: devRows }),
  });
}

/** What Ray's side is told: the rows that ours reads. */
function rayFile(place: string, model: string, { train, dev }: Awaited<ReturnType<typeof rows>>): string {
  const file = path.join(place, 'ray.json');
  const { epochs, members, gapRows, slots } = settings;
  const told = {
    ...{ model, train, dev, epochs, members, gap_rows: gapRows, cpus: slots },
    ...{ merged: options.merged, storage: path.join(place, 'ray') },
  };
  writeFileSync(file, JSON.stringify(told));
  return file;
}

function report(): void {
  console.table(
    Object.entries(walls).map(([side, seconds]) => ({
      side,
      min_s: round(Math.min(...seconds)),
      median_s: round(median(seconds)),
    })),
  );
  const { own = [], ray = [] } = walls;
  const ratio = (of: (times: readonly number[]) => number) => round(of(ray) / of(own), 2);
  const least = (times: readonly number[]) => Math.min(...times);
  console.log(
    JSON.stringify({
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} x ${processor()}`,
      command: `npm run bench:grid -- ${process.argv.slice(2).join(' ')}`.replace(/--python \S+/, '--python PYTHON'),
      seconds: walls,
      ...(own.length > 0 && ray.length > 0 ? { ray_of_own_min: ratio(least), ray_of_own_median: ratio(median) } : {}),
    }),
  );
}
