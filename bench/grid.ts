import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { resolveModel } from '../src/hub/resolve-model.ts';
import { loadDataset } from '../src/tasks/load-dataset.ts';
import { median, processor, round } from './figures.ts';
import { type GridPart, OwnGrid, type RanPart } from './grid-own.ts';
import { RayGrid } from './peers/ray-grid.ts';
import { type FrontCheck, sameFront } from './same-front.ts';

/**
 * A whole grid over p, N, M and seeds of MRPC, by this product and by Ray Tune with PEFT, in turn:
 * `npm run bench:grid -- --python PYTHON [--rows 256] [--p 0,0.25,0.5] [--N 1,4] [--M 1,2,4,8] [--seeds 0,1] [--epochs 2]
 * [--gap-rows 128] [--rounds 1] [--parts p|whole] [--sides own,adaptive,ray] [--merged] [--racing | --asha | --scheduler
 * SECTION]`. Ray's trials at p = 0 are what the grid says, with `--merged`
 * one instance and one member. With `--parts p` each side does the
 * part of one p, then the other the same. Services of ours and Ray's are up before the clock starts; each launch is a
 * process of its own, as is each of Ray's trials.
 *
 * With a scheduler a third side stops trainings by it, over the whole grid at once, on services of its own, and its front is
 * held against the whole grid's: exit status 1 where they differ beyond noise.
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
    sides: { type: 'string' },
    merged: { type: 'boolean', default: false },
    racing: { type: 'boolean', default: false },
    asha: { type: 'boolean', default: false },
    scheduler: { type: 'string' },
  },
});
/** Of the trainings that have come half of the way, half go on. */
const asha = '{kind: asha, rungs: [0.5], keep: 0.5}';
const numbers = (text: string) => text.split(',').map(Number);
const grid: GridPart = { p: numbers(options.p), N: numbers(options.N), seed: numbers(options.seeds) };
const scheduler = options.scheduler ?? (options.racing ? '{kind: racing}' : options.asha ? asha : null);
const sideNames = (options.sides ?? (scheduler === null ? 'own,ray' : 'own,adaptive,ray')).split(',');
// A scheduler weighs all values of p against one another.
const parts = options.parts === 'whole' || scheduler !== null ? [grid] : grid.p.map((p) => ({ ...grid, p: [p] }));
const settings = {
  data: path.resolve(options.data),
  rows: Number(options.rows),
  devRows: options['dev-rows'] === undefined ? null : Number(options['dev-rows']),
  gapRows: Number(options['gap-rows']),
  epochs: Number(options.epochs),
  members: numbers(options.M),
  slots: Number(options.slots),
};
const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-grid-'));
const walls: Record<string, number[]> = {};
const checks: FrontCheck[] = [];
try {
  for (let number = 0; number < Number(options.rounds); number += 1) await runRound(path.join(folder, `${number}`));
  report();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What runs a grid. */
interface Side {
  readonly name: string;
  run(part: GridPart): Promise<RanPart>;
  close(): void | Promise<void>;
}

/** Every part by each side in turn; who begins changes from part to part. */
async function runRound(place: string): Promise<void> {
  mkdirSync(place, { recursive: true });
  const base = await resolveModel('sentence-transformers/all-MiniLM-L6-v2');
  const named = new Set(sideNames);
  const opened: Side[] = [];
  const open = async <Opened extends Side>(name: string, opening: () => Promise<Opened>): Promise<Opened | null> => {
    if (!named.has(name)) return null;
    const side = await opening();
    opened.push(side);
    return side;
  };
  try {
    const own = await open('own', () => OwnGrid.open(path.join(place, 'own'), settings));
    const adaptive = await open('adaptive', () =>
      OwnGrid.open(path.join(place, 'adaptive'), settings, scheduler ?? asha),
    );
    await open('ray', async () => RayGrid.open(options.python, rayFile(place, base.folder, await rows())));
    const sums = new Map(opened.map(({ name }) => [name, 0]));
    for (const [index, part] of parts.entries()) {
      for (const side of index % 2 === 0 ? opened : opened.toReversed()) {
        const ran = await side.run(part);
        sums.set(side.name, (sums.get(side.name) ?? 0) + ran.seconds);
        console.log(JSON.stringify({ side: side.name, p: part.p, seconds: round(ran.seconds), ...ran.figures }));
      }
    }
    for (const [name, sum] of sums) (walls[name] ??= []).push(sum);
    if (own !== null && adaptive !== null) checks.push(await sameFront(own.record, adaptive.record));
  } finally {
    for (const side of opened.toReversed()) await side.close();
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
  for (const { same, whole, adaptive, trainings } of checks) {
    console.table([
      ...whole.map((point) => ({ front: 'whole', ...point })),
      ...adaptive.map((point) => ({ front: 'adaptive', ...point })),
    ]);
    console.log(JSON.stringify({ same_front_within_noise: same, ...trainings }));
  }
  if (checks.some(({ same }) => !same)) process.exitCode = 1;
  console.log(
    JSON.stringify({
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} x ${processor()}`,
      command: `npm run bench:grid -- ${process.argv.slice(2).join(' ')}`.replace(/--python \S+/, '--python PYTHON'),
      scheduler,
      seconds: walls,
      ...ratios('ray', 'own'),
      ...ratios('ray', 'adaptive'),
      ...ratios('own', 'adaptive'),
    }),
  );
}

/** How many times as long one side took as another; of the least and of the medians. */
function ratios(slower: string, faster: string): Record<string, number> {
  const [of, by] = [walls[slower] ?? [], walls[faster] ?? []];
  if (of.length === 0 || by.length === 0) return {};
  const name = `${slower}_of_${faster}`;
  return {
    [`${name}_min`]: round(Math.min(...of) / Math.min(...by), 2),
    [`${name}_median`]: round(median(of) / median(by), 2),
  };
}
