import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullReport } from '../../src/launch/data/describe-data.ts';
import { readDataReport } from '../../src/launch/data/describe-sweep-data.ts';
import { dryRun } from '../../src/launch/launch-sweep.ts';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { runInProcess } from '../cli/run-in-process.ts';
import { writeTinyDecoder } from '../support/tiny-decoder.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-describe-'));
  mkdirSync(path.join(folder, 'model'));
  writeTinyModel(path.join(folder, 'model'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A sweep file over these rows. @param rows text and label */
function sweep(train: readonly (readonly [string, string])[], dev = train) {
  for (const [name, rows] of Object.entries({ train, dev })) {
    const lines = rows.map(([text, label]) => JSON.stringify({ text, label }));
    writeFileSync(path.join(folder, `${name}.jsonl`), lines.join('\n'));
  }
  const file = path.join(folder, 'sweep.yaml');
  writeFileSync(
    file,
    `name: s
base: ./model
task:
  kind: text-classification
  data: {train: ./train.jsonl, dev: ./dev.jsonl, text: text, label: label}
training: {max_length: 5, targets: [query], rank: 1}
space: {p: [0]}
`,
  );
  return readSweepFile(file);
}

async function describeSweep(definition: SweepDefinition): Promise<string> {
  const report = await readDataReport(definition, () => undefined);
  if (report === null) throw new Error('it has rows');
  return fullReport(report).join('\n');
}

const tell = (...rows: Parameters<typeof sweep>) => describeSweep(sweep(...rows));

describe('what a sweep file’s rows are', () => {
  it('is told of each further set too, with what of it was trained on', async () => {
    const definition = sweep([
      ['good film', 'pos'],
      ['bad film', 'neg'],
    ]);
    writeFileSync(path.join(folder, 'other.csv'), 'text,label\ngood film,pos\ngood day,pos\nbad day,neg\n');
    const file = path.join(folder, 'sweep.yaml');
    const sets = 'evaluation: {sets: {shift: {data: {rows: ./other.csv}, max_length: 3}}}\n';
    writeFileSync(file, `${readFileSync(file, 'utf8')}${sets}`);
    expect(definition.sets).toBeUndefined();
    const told = await describeSweep(readSweepFile(file));
    expect(told).toContain(
      'set shift: 3 rows, 0 of them repeat an earlier one, none without text\n' +
        '  tokens: 4 to 4, half of them at most 4, 95 % at most 4; beyond max_length 3, and so cut: 100 %\n' +
        '  0 neg: 1 (33.3 %)\n  1 pos: 2 (66.7 %)',
    );
    expect(told).toContain('1 of 3 set shift rows are train rows too (33.3 %)');
    const { lines } = await dryRun(readSweepFile(file));
    expect(lines.join('\n')).toContain('  warning: 1 of 3 set shift rows (33.3 %) are train rows too');
  });

  it('is told of rows of a further set that are left out, by its name', async () => {
    const header = 'index\tpromptID\tsentence1\tsentence2\tlabel1\tgold_label\n';
    const lines = {
      train: '0\t1\tgood film\tbad\tneutral\tneutral\n1\t2\tbad film\tgood\tneutral\tentailment\n',
      dev_matched: '0\t1\tgood day\tbad\tneutral\tcontradiction\n',
      dev_mismatched: '0\t1\tbad day\tbad\tneutral\tneutral\n1\t2\tday\tgood\tneutral\t-\n',
    };
    for (const [name, rows] of Object.entries(lines))
      writeFileSync(path.join(folder, `${name}.tsv`), `${header}${rows}`);
    const file = path.join(folder, 'mnli.yaml');
    writeFileSync(
      file,
      `name: s
base: ./model
task: {kind: text-classification, data: {glue: MNLI, folder: .}}
training: {max_length: 8, targets: [query], rank: 1}
evaluation: {sets: {mismatched: {data: {rows: dev_mismatched}}}}
`,
    );
    const told = 'warning: set mismatched: 1 row has no gold label (-) and is left out';
    expect(await describeSweep(readSweepFile(file))).toContain(told);
    const { lines: said } = await dryRun(readSweepFile(file));
    expect(said.join('\n')).toContain(told);
  });

  it('is told whole: classes, lengths, what is cut, repeated and shared, and examples as the model sees them', async () => {
    const told = await tell(
      [
        ['good film', 'pos'],
        ['bad film', 'neg'],
        ['good film', 'pos'],
        ['the film was a very good film', 'pos'],
      ],
      [
        ['bad film', 'neg'],
        ['bad day', 'neg'],
      ],
    );
    expect(told).toContain('train: 4 rows, 1 of them repeat an earlier one');
    expect(told).toContain('  0 neg: 1 (25 %)\n  1 pos: 3 (75 %)');
    expect(told).toContain(
      'tokens: 4 to 9, half of them at most 4, 95 % at most 4; beyond max_length 5, and so cut: 25 %',
    );
    expect(told).toContain('1 of 2 dev rows are train rows too (50 %)');
    expect(told).toContain('  [CLS] good film [SEP] → pos');
    expect(told).toContain('warning: classes with one train row: neg');
  });

  it('is warned of: a class for each row, names that look alike', async () => {
    const rows = Array.from({ length: 16 }, (_, i) => [`good film ${i}`, `class ${i}`] as const);
    expect(await tell(rows)).toContain('each of the 16 train rows has a class of its own');
    const alike = await tell([
      ['good', 'caf\u00e9'],
      ['bad', 'cafe\u0301'],
      ['film', 'Spam'],
      ['day', 'spam '],
      ['the', 'sp\u200bam'],
    ]);
    expect(alike).toMatch(/classes that look alike: café \(U\+00E9\), café \(U\+0301\)|U\+0301\), café \(U\+00E9\)/);
    expect(alike).toMatch(/classes that look alike: Spam, [^\n]*spam/);
  });

  it('is refused as a launch refuses it, after it is told: rows whose responses are all cut', async () => {
    mkdirSync(path.join(folder, 'decoder'));
    writeTinyDecoder(path.join(folder, 'decoder'));
    const row = (instruction: string) => JSON.stringify({ instruction, output: 'bad' });
    const [short, long] = [row('say'), row('say '.repeat(60))];
    const file = path.join(folder, 'instructions.yaml');
    const told = async (rows: readonly string[]) => {
      writeFileSync(path.join(folder, 'instructions.jsonl'), rows.join('\n'));
      const definition = readSweepFile(file);
      const report = await readDataReport(definition, () => undefined);
      const launched = await dryRun(definition).catch((error: unknown) => error);
      return { report, launched };
    };
    writeFileSync(
      file,
      `name: s
base: ./decoder
task: {kind: language-modelling, prompt: alpaca, data: {train: ./instructions.jsonl, dev: ./instructions.jsonl, instruction: instruction, output: output}}
training: {max_length: 60, targets: [all-linear], rank: 1}
space: {p: [0]}
`,
    );
    const all = await told([long, long]);
    expect(all.report?.splits[0]?.rows).toBe(2);
    expect(all.report?.refusal?.message).toMatch(/every train row loses its response/);
    expect(all.launched).toEqual(all.report?.refusal);
    const some = await told([short, long]);
    expect(some.report?.refusal).toBeNull();
    expect(some.report?.remarks[0]).toMatch(/1 of 2 train rows \(50 %\) .*; 1 of them keep nothing of their responses/);
    expect(some.launched).toMatchObject({
      forecast: { remarks: expect.arrayContaining([...(some.report?.remarks ?? [])]) },
    });
  });

  it('is told before it is refused with the status of a launch: pairs that max_length leaves no room for', async () => {
    const file = path.join(folder, 'pairs.yaml');
    writeFileSync(path.join(folder, 'pairs.csv'), 'one,two,label\ngood film,day,pos\nbad film,day,neg\n');
    writeFileSync(
      file,
      `name: s
base: ./model
task:
  kind: text-classification
  data: {train: ./pairs.csv, dev: ./pairs.csv, text: one, text_pair: two, label: label}
training: {max_length: 3, targets: [query], rank: 1}
space: {p: [0]}
`,
    );
    const [data, launch] = [await runInProcess(['data', file]), await runInProcess(['launch', '--dry-run', file])];
    expect(data.stderr).toContain('max_length leaves no room for the texts');
    expect(data.stdout).toContain('train: 2 rows');
    expect([data.status, data.stderr]).toEqual([launch.status, launch.stderr]);
  });

  it('stands shortened in the dry run', async () => {
    const said = await dryRun(
      sweep([
        ['good film', '1'],
        ['bad film', '0'],
        ['day', '10'],
      ]),
    );
    const lines = said.lines.join('\n');
    expect(lines).toContain('  classes in the order of the logits: 0 (1), 1 (1), 10 (1)');
    expect(lines).toContain('  the first row: [CLS] good film [SEP] → 1');
    expect(lines).toContain('  warning: 3 of 3 dev rows (100 %) are train rows too');
  });
});
