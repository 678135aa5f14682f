import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

/**
 * The table of docs/results.md for a sweep of examples/paper, as Markdown: a row for each configuration, from what
 * `dropsweep best` and `dropsweep export --trials` say of it. `npm run paper-table -- SWEEP`
 *
 * Means over the seeds with the intervals of `best`; the gap, train minus dev rows, is a mean over the seeds, of accuracy in points.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const [sweep] = positionals;
if (sweep === undefined) throw new Error('a sweep to make the table of: npm run paper-table -- SWEEP');

type Row = Readonly<Record<string, unknown>>;
interface Answer {
  readonly objectives: readonly { readonly metric: string }[];
  readonly rows?: readonly Row[];
}

const best = ask('best', sweep, '--limit', '1000', '--format', 'json');
const trials = new Map<string, Row>(
  (ask('show', sweep, '--limit', '100000', '--format', 'json').rows ?? []).map((row) => [String(row['trial']), row]),
);
const metrics = best.objectives.map(({ metric }) => metric);
const [first = 'loss'] = metrics;

const configurations = (best.rows ?? [])
  .map((row) => ({ row, seeds: seedsOf(row) }))
  .toSorted((a, b) => Number(a.seeds[0]?.['trial']) - Number(b.seeds[0]?.['trial']));

const columns: readonly (readonly [string, (each: (typeof configurations)[number]) => string])[] = [
  ['adapter', ({ row }) => text(row['adapter'] ?? 'lora')],
  ['lora_dropout', ({ row }) => text(row['lora_dropout'] ?? 0)],
  ['p', ({ row }) => String(row['dropout_rate'])],
  ['N', ({ row }) => String(row['train_instances'])],
  ['evaluation', ({ row }) => evaluationOf(row)],
  ...metrics.map((metric) => [metric, ({ row }: { row: Row }) => withInterval(row, metric)] as const),
  [`${first} by seed`, ({ seeds }) => seeds.map((seed) => spelled(seed[first])).join(', ')],
  ['gap', ({ seeds }) => gapOf(seeds)],
  ['train s', ({ seeds }) => mean(seeds, 'train_seconds').toFixed(0)],
];
console.log(`| ${columns.map(([name]) => name).join(' | ')} |`);
console.log(`|${' --- |'.repeat(columns.length)}`);
for (const each of configurations) console.log(`| ${columns.map(([, cell]) => cell(each)).join(' | ')} |`);

function ask(...words: readonly string[]): Answer {
  const main = path.join(import.meta.dirname, '..', 'cli', 'main.js');
  return JSON.parse(execFileSync(process.execPath, [main, ...words], { encoding: 'utf8', maxBuffer: 2 ** 30 }));
}

function seedsOf(row: Row): readonly Row[] {
  const numbers = String(row['trials']).split(' ');
  return numbers.map((number) => trials.get(number)).filter((trial) => trial !== undefined);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function spelled(value: unknown): string {
  return typeof value === 'number' ? value.toFixed(3) : '–';
}

function evaluationOf(row: Row): string {
  const mode = row['evaluation_mode'];
  return mode === 'ensemble' ? `M = ${String(row['ensemble_size'])}` : mode === 'raw' ? 'one pass' : String(mode);
}

function withInterval(row: Row, metric: string): string {
  const half = (Number(row[`${metric}_upper`]) - Number(row[`${metric}_lower`])) / 2;
  return `${Number(row[metric]).toFixed(3)} ±${half.toFixed(3)}`;
}

function gapOf(seeds: readonly Row[]): string {
  const accuracy = mean(seeds, 'accuracy_gap');
  return Number.isNaN(accuracy) ? mean(seeds, 'loss_gap').toFixed(3) : (100 * accuracy).toFixed(1);
}

function mean(rows: readonly Row[], name: string): number {
  const values = rows.map((row) => row[name]).filter((value) => typeof value === 'number');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
