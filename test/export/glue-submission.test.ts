import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readUnlabelledGlue } from '../../src/data/benchmarks/read-unlabelled-glue.ts';
import { glueSubmission } from '../../src/export/predictions/glue-submission.ts';
import { glueTestFiles } from '../../src/launch/data/glue-test-files.ts';
import { type GlueName, glueNames, glueTasks } from '../../src/sweep/glue-tasks.ts';
import { freezeUnlabelled } from '../../src/tasks/read-unseen.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dropsweep-submission-'));
});
afterAll(() => rmSync(root, { recursive: true }));

interface TestRows {
  /** The header of the official test file, and what the hub calls the texts. */
  readonly header: string;
  readonly hub: readonly [text: string, pair?: string];
  /** What is handed in, of rows whose predictions are each class in turn, or these numbers. */
  readonly handedIn: readonly string[];
}

/** Scores of STS-B as a regression gives them, beyond both ends too. */
const scores = [-0.25, 2.34567, 5.2];
const numbers = ['0', '1'];
const entailed = ['entailment', 'not_entailment'];
const inference = ['entailment', 'neutral', 'contradiction'];
const matched = 'index\tpromptID\tpairID\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2';
const pairs = ['sentence1', 'sentence2'] as const;
const mnli = { header: matched, hub: ['premise', 'hypothesis'], handedIn: inference } as const;

/** By the file that the benchmark's server takes. Headers are those of the files that GLUE publishes. */
const testRows: Readonly<Record<string, TestRows>> = {
  'CoLA.tsv': { header: 'index\tsentence', hub: ['sentence'], handedIn: numbers },
  'SST-2.tsv': { header: 'index\tsentence', hub: ['sentence'], handedIn: numbers },
  'MRPC.tsv': { header: '\ufeffindex\t#1 ID\t#2 ID\t#1 String\t#2 String', hub: pairs, handedIn: numbers },
  'STS-B.tsv': {
    header: 'index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2',
    hub: pairs,
    handedIn: ['0.000', '2.346', '5.000'],
  },
  'QQP.tsv': { header: 'id\tquestion1\tquestion2', hub: ['question1', 'question2'], handedIn: numbers },
  'MNLI-m.tsv': mnli,
  'MNLI-mm.tsv': mnli,
  'QNLI.tsv': { header: 'index\tquestion\tsentence', hub: ['question', 'sentence'], handedIn: entailed },
  'RTE.tsv': { header: 'index\tsentence1\tsentence2', hub: pairs, handedIn: entailed },
  'WNLI.tsv': { header: 'index\tsentence1\tsentence2', hub: pairs, handedIn: numbers },
  'AX.tsv': { header: 'index\tsentence1\tsentence2', hub: ['premise', 'hypothesis'], handedIn: inference },
};

/** Where GLUE's own download has the rows of a file. */
const officialPlaces: Readonly<Record<string, string>> = {
  'MNLI-m.tsv': 'MNLI/test_matched.tsv',
  'MNLI-mm.tsv': 'MNLI/test_mismatched.tsv',
  'AX.tsv': 'diagnostic/diagnostic.tsv',
};
const officialPlace = (file: string) => officialPlaces[file] ?? `${file.replace('.tsv', '')}/test.tsv`;

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** The last columns are the texts; quotation marks are text. */
function official({ header, hub, handedIn }: TestRows): string {
  const others = header.split('\t').length - 1 - hub.length;
  const lines = handedIn.map((_, row) =>
    [row, ...Array.from({ length: others }, () => 'x'), ...hub.map((name) => `a "${name} of ${row}`)].join('\t'),
  );
  return `${header}\n${lines.join('\n')}\n`;
}

/** As the hub has test rows: with a label of -1. */
function parquet({ hub, handedIn }: TestRows, isScore: boolean): Uint8Array {
  const columnData = [
    ...hub.map((name) => ({
      name: String(name),
      data: handedIn.map((_, row) => `${name} of ${row}`),
      type: 'STRING' as const,
    })),
    isScore
      ? { name: 'label', data: handedIn.map(() => -1), type: 'FLOAT' as const }
      : { name: 'label', data: handedIn.map(() => -1n), type: 'INT64' as const },
    { name: 'idx', data: handedIn.map((_, row) => row), type: 'INT32' as const },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** What an export writes of one task, whose predictions are its classes in turn. */
async function submitted(task: GlueName, folder: string): Promise<Record<string, string>> {
  const { labels, submission } = glueTasks[task];
  const kind = labels === null ? 'text-regression' : 'text-classification';
  const written: Record<string, string> = {};
  for (const each of submission) {
    const files = await glueTestFiles({ kind: 'glue', task, folder }, each, { environment: {} });
    const rows = await readUnlabelledGlue({ task: each.of ?? task }, files);
    const frozen = freezeUnlabelled({ kind }, { kind, label_names: labels ?? [] }, rows);
    expect(frozen.map(({ text }) => text)).toEqual(rows.map((_, row) => expect.stringContaining(` of ${row}`)));
    const predictions = rows.map(({ index }, row) => ({ index, prediction: (labels ?? scores)[row] }));
    written[each.file] = glueSubmission(task, each, predictions);
  }
  return written;
}

const expected = (file: string) =>
  ['index\tprediction', ...(testRows[file]?.handedIn ?? []).map((handedIn, row) => `${row}\t${handedIn}`), ''].join(
    '\n',
  );

it('every file that the server takes is of one training, the diagnostic set of MNLI’s', () => {
  const files = new Set(glueNames.flatMap((name) => glueTasks[name].submission.map(({ file }) => file)));
  expect([...files].toSorted()).toEqual(Object.keys(testRows).toSorted());
  expect(glueTasks.MNLI.submission.map(({ file }) => file)).toEqual(['MNLI-m.tsv', 'MNLI-mm.tsv', 'AX.tsv']);
});

describe.each(glueNames)('what is handed in of %s', (task) => {
  const files = glueTasks[task].submission.map(({ file }) => file);
  const wanted = Object.fromEntries(files.map((file) => [file, expected(file)]));

  it('is made of the test files that GLUE publishes', async () => {
    const glue = join(root, `official-${task}`);
    for (const [file, rows] of Object.entries(testRows)) write(join(glue, officialPlace(file)), official(rows));
    mkdirSync(join(glue, task), { recursive: true });
    expect(await submitted(task, join(glue, task))).toEqual(wanted);
  });

  it('is made of the hub’s rows, whose labels are -1', async () => {
    const glue = join(root, `hub-${task}`);
    for (const [file, rows] of Object.entries(testRows)) {
      const place = officialPlace(file).replace('diagnostic/diagnostic', 'AX/test');
      write(join(glue, place.replace('.tsv', '-00000-of-00001.parquet')), parquet(rows, file === 'STS-B.tsv'));
    }
    expect(await submitted(task, join(glue, task))).toEqual(wanted);
  });
});

it('a test file of MNLI’s folder is none of the diagnostic set', async () => {
  const folder = join(root, 'alone', 'MNLI');
  write(join(folder, 'test.tsv'), 'index\tsentence1\tsentence2\n0\ta\tb\n');
  const [, , diagnostic] = glueTasks.MNLI.submission;
  if (diagnostic === undefined) throw new Error('the diagnostic set is handed in with MNLI');
  const source = { kind: 'glue', task: 'MNLI', folder } as const;
  expect(await glueTestFiles(source, diagnostic, { environment: {} })).toEqual([]);
  write(join(folder, '..', 'AX', 'diagnostic-full.tsv'), 'Label\tPremise\tHypothesis\nneutral\ta\tb\n');
  const files = await glueTestFiles(source, diagnostic, { environment: {} });
  const rows = await readUnlabelledGlue({ task: 'AX' }, files);
  expect(rows.map(({ index, cells }) => [index, cells['text'], cells['text_pair']])).toEqual([['0', 'a', 'b']]);
});

it('a class that the benchmark has not is refused', () => {
  expect(() => glueSubmission('RTE', { labels: 'names' }, [{ index: '0', prediction: 'yes' }])).toThrow(
    /EXPORT_UNFAITHFUL[^]*got: yes[^]*one of entailment, not_entailment[^]*leave task\.labels out/,
  );
});
