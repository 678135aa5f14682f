import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeVerb } from '../../src/cli/verbs/merge/merge-verb.ts';
import { predictVerb } from '../../src/cli/verbs/predict/predict-verb.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { testTemporalAddress } from '../support/temporal.ts';
import { tinyRows, writeTinyModel } from '../support/tiny-model.ts';
import { differences, wrongTypes } from './documented-output.ts';
import { type CliRun, emptyHome, runCli } from './run-cli.ts';

/**
 * A tiny model is really trained on a folder of GLUE's RTE, whose test rows have no labels; then its trial predicts rows
 * that nobody saw, and all that can be exported leaves.
 */
describe('what leaves a sweep that was trained', () => {
  const home = emptyHome();
  let database: TestDatabase;
  let environment: Record<string, string>;

  beforeAll(async () => {
    database = await startTestDatabase();
    environment = { DATABASE_URL: database.databaseUrl, TEMPORAL_ADDRESS: await testTemporalAddress() };
    mkdirSync(join(home, 'model'));
    writeTinyModel(join(home, 'model'));
    writeRte(join(home, 'RTE'));
    writeFileSync(
      join(home, 'sweep.yaml'),
      `name: rte
base: ./model
task: {kind: text-classification, data: {glue: RTE, folder: ./RTE}}
space: {p: [0.4], M: [1, 3]}
training: {epochs: 3, batch_size: 8, learning_rate: 5e-3, rank: 3, max_length: 32}
evaluation: {evaluate_every: epoch}
`,
    );
    const run = await dropsweep('launch', '--detach', join(home, 'sweep.yaml'));
    expect(run.stderr).not.toContain('to do:');
    expect((await dropsweep('wait', 'rte', '--timeout', '200')).stdout).toContain('completed');
  }, 300_000);

  afterAll(async () => {
    await dropsweep('down');
    await database.drop();
  });

  const dropsweep = (...args: string[]): Promise<CliRun> => runCli(home, args, { environment });

  async function jsonLines(...args: string[]): Promise<Record<string, unknown>[]> {
    const run = await dropsweep(...args, '--format', 'jsonl');
    expect(run.stderr).toBe('');
    return run.stdout
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
  }

  it('predicts the dev rows of a file as they were scored, labels or not', async () => {
    const scored = await jsonLines('export', 'rte', '--predictions', '2');
    const seen = await jsonLines('predict', 'rte', join(home, 'RTE', 'dev.tsv'), '--trial', '2');
    expect(seen.map(({ prediction }) => prediction)).toEqual(scored.map(({ prediction }) => prediction));
    expect(seen[0]).toHaveProperty('disagreement');
    expect(seen[0]).not.toHaveProperty('label');
    expect(scored[0]).toHaveProperty('label');
    expect(scored[0]).toMatchObject({ row: 0, text: expect.stringContaining(' ⏎ ') });
  });

  it('predicts rows of the standard input, and tells the place of one that is bad', async () => {
    const line = (premise: string) => JSON.stringify({ premise, hypothesis: 'the film is bad' });
    const input = `${line('a good film')}\n${line('a poor day')}\n`;
    const run = await runCli(home, ['predict', 'rte', '--trial', '2', '--members'], { environment, input });
    expect(run.status).toBe(0);
    const [head, ...rows] = run.stdout.trim().split('\n');
    expect(head).toBe('row,prediction,probability_entailment,probability_not_entailment,disagreement,text,members');
    expect(rows).toHaveLength(2);
    const bad = await runCli(home, ['predict', 'rte', '-', '--trial', '2'], {
      environment,
      input: `${line('a good film')}\n${line(' ')}\n`,
    });
    expect(bad.status).not.toBe(0);
    expect(bad.stdout).toBe('');
    expect(bad.stderr).toMatch(/DATA_INVALID: a row has no text in premise\n.*where: standard input:2\n/);
  });

  it('tells its rows and facts in JSON as documented, and as a table for people', async () => {
    const words = ['predict', 'rte', join(home, 'RTE', 'dev.tsv'), '--trial', '2', '--members'];
    const { rows, ...facts } = JSON.parse((await dropsweep(...words, '--format', 'json')).stdout) as {
      readonly rows: readonly Record<string, unknown>[];
    };
    expect(facts).toEqual({ sweep: 'rte', trial: 2 });
    const told = predictVerb.output.kind === 'rows' ? predictVerb.output.columns : [];
    // Of a language model alone.
    expect(differences(told, Object.keys(rows[0] ?? {}))).toEqual(['not there: response']);
    expect(rows.flatMap((row) => wrongTypes(told, row))).toEqual([]);
    const [head = '', first = ''] = (await dropsweep(...words, '--format', 'table')).stdout.split('\n');
    expect(head).toMatch(/^row {2}prediction +probability_entailment .*disagreement {2}text$/);
    expect(first).toMatch(/^ *0 {2}(not_)?entailment +\d/);
  });

  it('merges a trial with its base, and tells of it in JSON', async () => {
    const out = join(home, 'merged');
    const run = await dropsweep('merge', 'rte', '--trial', '2', '--as', 'onnx', '--out', out, '--format', 'json');
    expect(run.status).toBe(0);
    const { rows } = JSON.parse(run.stdout) as { readonly rows: readonly Record<string, unknown>[] };
    const told = mergeVerb.output.kind === 'rows' ? mergeVerb.output.columns : [];
    expect(differences(told, Object.keys(rows[0] ?? {}))).toEqual([]);
    const [row = {}] = rows;
    expect(row).toMatchObject({ sweep: 'rte', trial: 2, as: 'onnx', folder: out });
    expect(existsSync(join(out, String((row['files'] as readonly string[])[0])))).toBe(true);
  });

  it('refuses columns and formats that are none, with those that there are', async () => {
    writeFileSync(join(home, 'other.csv'), 'one,two\na good film,the day\n');
    const other = join(home, 'other.csv');
    const missing = await dropsweep('predict', 'rte', other, '--trial', '1');
    expect(missing.stderr).toMatch(/the rows have no text\n.*other\.csv\n.*got: one, two[\s\S]*--column text=COLUMN/);
    const named = ['--column', 'text=one', '--column', 'text_pair=two'];
    expect((await dropsweep('predict', 'rte', other, '--trial', '1', ...named)).stdout).toContain(
      'a good film ⏎ the day',
    );
    const wrong = ['--column', 'nothing=one', '--column', 'text=one'];
    expect((await dropsweep('predict', 'rte', other, '--trial', '1', ...wrong)).stderr).toContain(
      'one of text, text_pair',
    );
    expect((await dropsweep('predict', 'rte', other, '--trial', '1', '--input-format', 'xls')).stderr).toContain(
      'parquet',
    );
    const answering = await dropsweep('predict', 'rte', other, '--trial', '1', ...named, '--max-tokens', '8');
    expect(answering.stderr).toMatch(/USAGE: the task gives no responses\n.*--max-tokens/);
  });

  it('writes what GLUE’s server takes, over the test rows', async () => {
    const out = join(home, 'submission');
    const run = await dropsweep('export', 'rte', '--predictions', '2', '--format', 'glue', '--out', out);
    expect(run.stderr).toContain('RTE.tsv (5 rows)');
    const lines = readFileSync(join(out, 'RTE.tsv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('index\tprediction');
    expect(lines.slice(1).map((line) => line.split('\t')[0])).toEqual(['0', '1', '2', '3', '4']);
    for (const line of lines.slice(1)) expect(line).toMatch(/^\d\t(not_)?entailment$/);
  });

  it('writes trials, metrics, curves and the predictions of another split as Parquet', async () => {
    const read = async (...args: string[]) => {
      const out = join(home, 'table.parquet');
      const run = await dropsweep('export', 'rte', ...args, '--out', out, '--force');
      expect(run.status).toBe(0);
      const bytes = Uint8Array.from(readFileSync(out));
      return parquetReadObjects({ file: bytes.buffer });
    };
    const trials = await read();
    expect(trials.map((row) => row['ensemble_size'])).toEqual([1n, 3n]);
    const metrics = await read('--metrics');
    const accuracy = metrics.find((row) => row['trial'] === 2n && row['metric'] === 'accuracy');
    expect(accuracy?.['value']).toBe(trials[1]?.['accuracy']);
    const curves = await read('--curves');
    expect(curves.filter((row) => row['name'] === 'loss')).toHaveLength(15);
    expect(curves.filter((row) => row['name'] === 'evaluated.accuracy').map((row) => row['step'])).toEqual([
      5n,
      10n,
      15n,
    ]);
    const predictions = await read('--predictions', '2', '--split', 'train', '--members');
    // Its gap is measured on all 40 of them, four times as many as its dev rows.
    expect(predictions).toHaveLength(40);
    const right = predictions.filter(({ label, prediction }) => label === prediction).length;
    const recorded = metrics.find((row) => row['trial'] === 2n && row['metric'] === 'train_accuracy');
    expect(right / 40).toBe(recorded?.['value']);
    expect(predictions[0]?.['members']).toEqual(
      Array.from({ length: 3 }, () => [expect.any(Number), expect.any(Number)]),
    );
  });

  it('says what cannot be exported', async () => {
    const told = async (...args: string[]) => (await dropsweep('export', 'rte', ...args)).stderr;
    expect(await told('--metrics', '--curves')).toContain('got: --metrics and --curves');
    expect(await told('--predictions', '1', '--split', 'test')).toContain('the sweep has no test rows');
    expect(await told('--format', 'glue')).toContain('a benchmark takes predictions');
    const submission = ['--predictions', '1', '--format', 'glue', '--out', join(home, 'none')];
    expect(await told(...submission, '--split', 'dev')).toMatch(/a flag means nothing here\n.*got: --split/);
  });
});

/** 40 train, 10 dev and 5 test pairs, whose labels go by their first text. */
function writeRte(folder: string): void {
  mkdirSync(folder);
  const pairs = tinyRows(3, 55).map(({ text, label }, index) => ({
    texts: `${JSON.stringify(text).slice(1, -1)}\t${index % 3 === 0 ? 'the film is good' : 'a very bad day'}`,
    label: label === 1 ? 'entailment' : 'not_entailment',
  }));
  const labelled = (rows: typeof pairs) =>
    `index\tsentence1\tsentence2\tlabel\n${rows.map(({ texts, label }, index) => `${index}\t${texts}\t${label}\n`).join('')}`;
  writeFileSync(join(folder, 'train.tsv'), labelled(pairs.slice(0, 40)));
  writeFileSync(join(folder, 'dev.tsv'), labelled(pairs.slice(40, 50)));
  const test = pairs.slice(50).map(({ texts }, index) => `${index}\t${texts}\n`);
  writeFileSync(join(folder, 'test.tsv'), `index\tsentence1\tsentence2\n${test.join('')}`);
}
