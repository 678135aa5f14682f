import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { testTemporalAddress } from '../support/temporal.ts';
import { tinyRows, writeTinyModel } from '../support/tiny-model.ts';
import { type CliRun, emptyHome, runCli } from './run-cli.ts';

const saved = resolve(import.meta.dirname, 'peft-saved');
const logits: Record<string, number[][]> = JSON.parse(readFileSync(join(saved, 'logits.json'), 'utf8'));

/**
 * An adapter that PEFT saved goes the whole way of a real sweep: read by the launch, recorded, brought to a worker's
 * trainer, evaluated as it is or trained further. PEFT's own logits of the same rows are the measure; both compute in
 * float32, in another order of additions: 1e-4.
 */
describe.each(['lora', 'adalora'])('a sweep of an adapter that PEFT saved, %s', (adapter) => {
  const home = emptyHome();
  let database: TestDatabase;
  let environment: Record<string, string>;

  beforeAll(async () => {
    database = await startTestDatabase();
    environment = { DATABASE_URL: database.databaseUrl, TEMPORAL_ADDRESS: await testTemporalAddress() };
    mkdirSync(join(home, 'tiny'));
    writeTinyModel(join(home, 'tiny'));
    for (const [split, seed, count] of [
      ['train', 3, 40],
      ['dev', 4, 24],
    ] as const) {
      const rows = tinyRows(seed, count).map(({ text, label }) => ({ text, label: label === 1 ? 'good' : 'bad' }));
      writeFileSync(join(home, `${split}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
    writeFileSync(join(home, 'evaluated.yaml'), sweepFile('evaluated', '0'));
    writeFileSync(join(home, 'further.yaml'), sweepFile('further', '2'));
    writeFileSync(join(home, 'anew.yaml'), sweepFile('anew', '2').replace(/init_adapter.*\n/, ''));
  });

  afterAll(async () => {
    await dropsweep('down');
    await database.drop();
  });

  const sweepFile = (name: string, epochs: string) => `name: ${name}
base: ./tiny
init_adapter: ${join(saved, adapter)}
task: {kind: text-classification, data: {train: ./train.jsonl, dev: ./dev.jsonl, text: text, label: label}}
training: {adapter: ${adapter}, rank: 4, alpha: 8, epochs: ${epochs}, batch_size: 8, learning_rate: 1e-4, max_length: 32}
`;

  const dropsweep = (...args: string[]): Promise<CliRun> => runCli(home, args, { environment });

  /** The logits of each dev row of a sweep's only trial, once it is completed. */
  async function trained(name: string): Promise<number[][]> {
    const launched = await dropsweep('launch', '--detach', join(home, `${name}.yaml`));
    expect(launched.stderr).not.toContain('to do:');
    expect((await dropsweep('wait', name, '--timeout', '200')).stdout).toContain('completed; 1 of 1 training done');
    const run = await dropsweep('export', name, '--predictions', '1', '--members', '--format', 'jsonl');
    expect(run.stderr).toBe('');
    const rows = run.stdout.trim().split('\n');
    return rows.map((line) => {
      const row: { members: number[][] } = JSON.parse(line);
      return row.members[0] ?? [];
    });
  }

  it('evaluates it as PEFT does, and trains it further from there', { timeout: 300_000 }, async () => {
    const expected = logits[adapter] ?? [];
    const found = await trained('evaluated');
    expect(greatest(found, expected)).toBeLessThan(1e-4);
    // Ten steps of a small rate stay near to where they began: nearer to it than what begins with nothing.
    const further = await trained('further');
    const distance = greatest(further, expected);
    expect(distance).toBeGreaterThan(1e-4);
    expect(distance).toBeLessThan(greatest(await trained('anew'), expected));
  });
});

/** Greatest difference of two tables of numbers of one shape. */
function greatest(found: readonly number[][], expected: readonly number[][]): number {
  expect(found.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  return Math.max(...found.flatMap((row, i) => row.map((value, j) => Math.abs(value - (expected[i]?.[j] ?? NaN)))));
}
