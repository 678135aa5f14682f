import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { SampledTrial, SpacePoint } from '../../src/search/sampler.ts';
import { readTable, tableRegret } from './recorded-table.ts';
import { stream } from '../../src/random/stream.ts';
import { makeSampler } from '../../src/search/samplers/samplers.ts';

/*
 * Our samplers against Optuna's TPE (multivariate, constant liar) and NSGA-II on test functions, function by function in
 * one run:
 * `node dist/bench/peers/search.js --python PYTHON [--trials 100] [--seeds 30] [--long 1000]
 * [--functions zdt1,zdt2] [--record FILE]`. Regret is the best value
 * found minus the least there is, or of two objectives the area that the front found leaves of the true one's, up to
 * (1.1, 6); the median over seeds with its quartiles. `ms` is a suggestion's time over the last
 * ten of the trials, `ms at` of so many results. `recorded` is a grid of real trainings (record-table.ts): the regret is of
 * dev loss. The table goes to bench/results.
 */
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    trials: { type: 'string', default: '100' },
    seeds: { type: 'string', default: '30' },
    long: { type: 'string', default: '1000' },
    functions: { type: 'string', default: 'branin,hartmann6,conditional' },
    record: { type: 'string', default: 'search-peers.json' },
  },
});
const trials = Number(options.trials);
const seeds = Number(options.seeds);
const root = path.resolve(import.meta.dirname, '..', '..', '..');
const tableFile = path.join(root, 'bench', 'peers', 'recorded-table.json');

type Point = Readonly<Record<string, number>>;

interface TestFunction {
  readonly space: Readonly<Record<string, readonly (number | string)[]>>;
  readonly scales: Readonly<Record<string, 'linear' | 'log'>>;
  readonly axes?: Readonly<Record<string, { readonly when: Readonly<Record<string, readonly string[]>> }>>;
  regret(point: SpacePoint): number;
  /** Of two objectives: both, each the less the better. */
  readonly pair?: (point: SpacePoint) => readonly [number, number];
  /** A grid: as in a sweep, no point is tried twice. */
  readonly once?: true;
  /** The area between the true front and the corner. */
  readonly area?: number;
}

const six = Array.from({ length: 6 }, (_, index) => `x${index}`);
const numbers = (point: SpacePoint): Point =>
  Object.fromEntries(Object.entries(point).map(([name, value]) => [name, Number(value)]));

/** Zitzler, Deb and Thiele's functions with six variables. */
function zdt(second: (ratio: number) => number): Required<Pick<TestFunction, 'pair'>> & TestFunction {
  return {
    space: Object.fromEntries(six.map((name) => [name, [0, 1]])),
    scales: Object.fromEntries(six.map((name) => [name, 'linear' as const])),
    regret: () => Number.NaN,
    pair: (point) => {
      const [first = 0, ...rest] = six.map((name) => Number(point[name]));
      const g = 1 + (9 * rest.reduce((sum, each) => sum + each, 0)) / 5;
      return [first, g * second(first / g)];
    },
  };
}

/** Up to where fronts are measured: a hundred random points leave little of the second objective below it. */
const corner = [1.1, 6] as const;

/** The area that points dominate, up to the corner. */
function dominatedArea(points: readonly (readonly [number, number])[]): number {
  const [right, top] = corner;
  const inside = points.filter(([x, y]) => x < right && y < top).sort((a, b) => a[0] - b[0]);
  let area = 0;
  let height: number = top;
  for (const [x, y] of inside) {
    if (y >= height) continue;
    area += (right - x) * (height - y);
    height = y;
  }
  return area;
}

/** The same as in optuna_search.py. */
const functions: Readonly<Record<string, TestFunction>> = {
  branin: {
    space: { x: [-5, 10], y: [0, 15] },
    scales: { x: 'linear', y: 'linear' },
    regret: (point) => {
      const { x = 0, y = 0 } = numbers(point);
      const [b, c] = [5.1 / (4 * Math.PI ** 2), 5 / Math.PI];
      const bowl = (y - b * x ** 2 + c * x - 6) ** 2;
      return bowl + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10 - 0.39788735772973816;
    },
  },
  hartmann6: {
    space: Object.fromEntries(six.map((name) => [name, [0, 1]])),
    scales: Object.fromEntries(six.map((name) => [name, 'linear' as const])),
    regret: (point) => {
      const x = numbers(point);
      const total = hartmann.map(({ alpha, a, p }) => {
        const distance = six.reduce((sum, name, j) => sum + (a[j] ?? 0) * ((x[name] ?? 0) - (p[j] ?? 0) / 1e4) ** 2, 0);
        return alpha * Math.exp(-distance);
      });
      return 3.322368011391339 - total.reduce((sum, each) => sum + each, 0);
    },
  },
  conditional: {
    space: { kind: ['near', 'far'], near: [0, 1], far: [1e-4, 1] },
    scales: { near: 'linear', far: 'log' },
    axes: { near: { when: { kind: ['near'] } }, far: { when: { kind: ['far'] } } },
    regret: (point) =>
      point['kind'] === 'near'
        ? Math.abs(Number(point['near']) - 0.3) + 0.1
        : (2 * Math.abs(Math.log10(Number(point['far']) / 1e-2))) / 4,
  },
  // Of the true fronts y = 1 - √x and 1 - x², x from 0 to 1: the corner's box less what lies below them.
  zdt1: { ...zdt((ratio) => 1 - Math.sqrt(ratio)), area: 6.6 - 1 / 3 },
  zdt2: { ...zdt((ratio) => 1 - ratio ** 2), area: 6.6 - 2 / 3 },
  // Real trainings. Optuna is told of the values once as categories and once, in `recorded-order`, by their order.
  ...(existsSync(tableFile) ? { recorded: recorded(), 'recorded-order': recorded() } : {}),
};

function recorded(): TestFunction {
  const table = readTable(tableFile);
  return { space: table.axes, scales: {}, once: true, regret: tableRegret(table) };
}

const hartmann = [
  { alpha: 1, a: [10, 3, 17, 3.5, 1.7, 8], p: [1312, 1696, 5569, 124, 8283, 5886] },
  { alpha: 1.2, a: [0.05, 10, 17, 0.1, 8, 14], p: [2329, 4135, 8307, 3736, 1004, 9991] },
  { alpha: 3, a: [3, 3.5, 1.7, 10, 17, 8], p: [2348, 1451, 3522, 2883, 3047, 6650] },
  { alpha: 3.2, a: [17, 8, 0.05, 10, 0.1, 14], p: [4047, 8828, 8732, 5743, 1091, 381] },
];

interface Outcome {
  readonly best: readonly number[];
  readonly ms: number;
}

function searchAlone(of: TestFunction, kind: string, count: number, seed: number): { best: number; ms: number } {
  const { pair } = of;
  const by = pair === undefined ? {} : { by: 'front' };
  const search = { kind, trials: count, seed, startup: 10, scramble: 'owen', population: 20, ...by };
  const sampler = makeSampler({ ...of, search });
  const history: SampledTrial[] = [];
  const found: (readonly [number, number])[] = [];
  const tried = new Set<string>();
  const accepts = (point: SpacePoint): boolean => of.once !== true || !tried.has(JSON.stringify(point));
  let best = Number.POSITIVE_INFINITY;
  let ms = 0;
  for (let number = 0; number < count; number += 1) {
    const began = performance.now();
    const point = sampler.independent
      ? sampler.pointAt(number)
      : sampler.suggest(number, { trials: history, accepts }).point;
    if (number >= count - 10) ms += (performance.now() - began) / 10;
    if (point === null) break;
    tried.add(JSON.stringify(point));
    if (pair !== undefined) {
      const [first, second] = pair(point);
      found.push([first, second]);
      history.push({ point, state: 'done', value: -first, further: [-second], rung: 0 });
      continue;
    }
    const regret = of.regret(point);
    best = Math.min(best, regret);
    history.push({ point, state: 'done', value: -regret, rung: 0 });
  }
  return { best: of.area === undefined ? best : of.area - dominatedArea(found), ms };
}

function own(of: TestFunction, kind: string, count: number, runs: number): Outcome {
  const each = Array.from({ length: runs }, (_, seed) => searchAlone(of, kind, count, seed));
  return { best: each.map(({ best }) => best), ms: each.reduce((sum, { ms }) => sum + ms, 0) / runs };
}

interface PeerOutcome extends Outcome {
  readonly version: string;
  readonly fronts: readonly (readonly (readonly [number, number])[])[];
}

function optuna(name: string, count: number, runs: number, kind = 'tpe'): PeerOutcome {
  const program = path.join(root, 'bench', 'peers', 'optuna_search.py');
  const words = [program, name, String(count), String(runs), kind];
  const outcome: PeerOutcome = JSON.parse(execFileSync(options.python, words, { encoding: 'utf8' }));
  const { area } = functions[name] ?? {};
  return area === undefined
    ? outcome
    : { ...outcome, best: outcome.fronts.map((found) => area - dominatedArea(found)) };
}

function quartiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN).toPrecision(3);
  return `${at(0.5)} (${at(0.25)} … ${at(0.75)})`;
}

const draws = 4_000;

/** Median of ours minus the peer's, with its 95 % interval: both sides' seeds drawn again with replacement. */
function beyond(ours: readonly number[], peers: readonly number[]): string {
  const source = stream(0, 'medians');
  const again = (values: readonly number[]) =>
    median(Array.from(source.integers(values.length, values.length), (index) => values[index] ?? Number.NaN));
  const drawn = Array.from({ length: draws }, () => again(ours) - again(peers)).sort((a, b) => a - b);
  const [low, high] = [0.025, 0.975].map((share) => (drawn[Math.floor(share * draws)] ?? Number.NaN).toPrecision(2));
  return `${(median(ours) - median(peers)).toPrecision(2)} (${low} … ${high})`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
}

const rows: Record<string, string>[] = [];
let version = '';
for (const name of options.functions.split(',')) {
  const of = functions[name];
  if (of === undefined) throw new Error(`no function ${name}; there are ${Object.keys(functions).join(', ')}`);
  const sides: Record<string, Outcome> = {};
  const isPair = of.pair !== undefined;
  for (const kind of ['tpe', ...(isPair ? ['nsga2'] : []), 'random', 'sobol'])
    sides[kind] = own(of, kind, trials, seeds);
  const peer = optuna(name, trials, seeds);
  version = peer.version;
  sides['optuna tpe'] = peer;
  if (isPair) sides['optuna nsga2'] = optuna(name, trials, seeds, 'nsga2');
  for (const [side, { best, ms }] of Object.entries(sides)) {
    const against = sides[`optuna ${side}`];
    const row = { function: name, search: side, regret: quartiles(best), ms: ms.toFixed(2) };
    rows.push(against === undefined ? row : { ...row, 'beyond Optuna': beyond(best, against.best) });
  }
}
const { hartmann6 } = functions;
const long = Number(options.long);
if (long > 0 && hartmann6 !== undefined) {
  rows.push(
    { function: 'hartmann6', search: 'tpe', [`ms at ${long}`]: own(hartmann6, 'tpe', long, 1).ms.toFixed(2) },
    { function: 'hartmann6', search: 'optuna tpe', [`ms at ${long}`]: optuna('hartmann6', long, 1).ms.toFixed(2) },
  );
}
console.table(rows);
const record = {
  date: new Date().toISOString().slice(0, 10),
  command: `node dist/bench/peers/search.js --trials ${trials} --seeds ${seeds} --long ${long} --functions ${options.functions} --record ${options.record}`,
  cpu: cpus()[0]?.model,
  optuna: version,
  rows,
};
mkdirSync(path.join(root, 'bench', 'results'), { recursive: true });
writeFileSync(path.join(root, 'bench', 'results', options.record), `${JSON.stringify(record, null, 2)}\n`);
