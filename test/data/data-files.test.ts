import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { thawText } from '../../src/tasks/text-rows.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Content = string | Uint8Array;

/**
 * Writes the files and loads what a sweep file over them says.
 * @param data what stands in `task.data`
 * @param field of the task, below it
 */
function load(files: Readonly<Record<string, Content>>, data: string, field = '', kind = 'text-classification') {
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  const file = `name: s\nbase: some/model\ntask:\n  kind: ${kind}\n  data: {${data}}\n  ${field}\n`;
  const there = { isFile: () => true, isFolder: () => true };
  return loadDataset(parseSweepFile(file, path.join(folder, 'sweep.yaml'), there, taskSections, searchSections).task);
}

/** A file as train and dev, with the columns text and label. */
const alone = (name: string, content: Content, more = '', kind?: string) =>
  load({ [name]: content }, `train: ./${name}, dev: ./${name}, text: text, label: label${more}`, '', kind);

const table = 'text,label\ngood,pos\nbad,neg\n';
const rows = [
  { text: 'good', label: 1 },
  { text: 'bad', label: 0 },
];
// `printf 'text,label\ngood,pos\nbad,neg\n' | zstd | base64`
const zstdTable = Buffer.from('KLUv/QRY4QAAdGV4dCxsYWJlbApnb29kLHBvcwpiYWQsbmVnCjx+sks=', 'base64');

describe('rows of a file', () => {
  it('are the same of every format, and of a compressed file, whatever it is called', async () => {
    const array = JSON.stringify([
      { text: 'good', label: 'pos' },
      { text: 'bad', label: 'neg' },
    ]);
    const named = JSON.stringify({ first: { text: 'good', label: 'pos' }, second: { text: 'bad', label: 'neg' } });
    const lines = '{"text": "good", "label": "pos"}\n{"text": "bad", "label": "neg"}\n';
    for (const [name, content] of [
      ['a.csv', table],
      ['a.tsv', table.replaceAll(',', '\t')],
      ['a.jsonl', lines],
      ['a.ndjson', lines],
      ['a.json', array],
      ['b.json', named],
      ['a.csv.gz', gzipSync(table)],
      ['packed.csv', gzipSync(table)],
      ['a.json.gz', gzipSync(named)],
    ] as const)
      expect((await alone(name, content)).train, name).toEqual(rows);
  });

  it('lie in several files, or in all that a pattern names, each of its own format', async () => {
    const files = { 'part-2.jsonl': '{"text": "bad", "label": "neg"}\n', 'part-1.csv': 'text,label\ngood,pos\n' };
    const listed = await load(
      files,
      'train: [./part-1.csv, ./part-2.jsonl], dev: ./part-1.csv, text: text, label: label',
    );
    expect(listed.train).toEqual(rows);
    const matched = await load(files, 'train: ./part-*, dev: ./part-2.jsonl, text: text, label: label');
    expect(matched.train).toEqual(rows);
    await expect(load(files, 'train: ./none-*.csv, dev: ./part-1.csv, text: text, label: label')).rejects.toThrow(
      /no file is called like this[^]*none-\*\.csv/,
    );
  });

  it('are found by a path into a column', async () => {
    const nested = '{"s": {"text": ["good"]}, "label": "pos"}\n{"s": {"text": ["bad"]}, "label": "neg"}\n';
    expect(
      (await load({ 'n.jsonl': nested }, 'train: ./n.jsonl, dev: ./n.jsonl, text: s.text.0, label: label')).train,
    ).toEqual(rows);
    await expect(
      load({ 'n.jsonl': nested }, 'train: ./n.jsonl, dev: ./n.jsonl, text: s.words, label: label'),
    ).rejects.toThrow(/task\.data\.text is missing[^]*got: s, label/);
  });

  it('need no header where the columns are named, and have the encoding that is named', async () => {
    const bare = await alone('bare.tsv', 'pos\tgood\nneg\tbad\n', ', columns: [label, text]');
    expect(bare.train).toEqual(rows);
    const latin = Buffer.from('text,label\ncaf\u00e9,pos\nbad,neg\n', 'latin1');
    expect((await alone('latin.csv', latin, ', encoding: latin1')).train[0]).toEqual({ text: 'café', label: 1 });
    await expect(alone('latin.csv', latin)).rejects.toThrow(/not UTF-8[^]*task\.data\.encoding/);
    const wide = Buffer.from(`\ufeff${table}`, 'utf16le');
    expect((await alone('wide.csv', wide, ', encoding: utf-16le')).train).toEqual(rows);
    await expect(alone('wide.csv', wide)).rejects.toThrow(/UTF-16[^]*encoding: utf-16le/);
  });

  it('end where their lines end: LF, CR LF, one in the header and the other below, or CR alone', async () => {
    const last = 'label,text\npos,good\nneg,bad\n';
    for (const text of [
      table.replaceAll('\n', '\r\n'),
      last.replaceAll('\n', '\r\n').replace('\r\n', '\n'),
      last.replace('\n', '\r\n'),
      table.replaceAll('\n', '\r'),
      `\ufeff${table.replaceAll('\n', '\r\n')}`,
    ])
      expect((await alone('ends.csv', text)).train, JSON.stringify(text)).toEqual(rows);
    const quoted = await alone('cr.csv', 'text,label\n"a\rb",pos\nbad,neg\n');
    expect(quoted.train[0]).toEqual({ text: 'a\rb', label: 1 });
  });

  it('are parted into train and dev by a seed, of each class the same share', async () => {
    const many = `text,label\n${Array.from({ length: 40 }, (_, i) => `row ${i},${i % 4 === 0 ? 'pos' : 'neg'}`).join('\n')}\n`;
    const part = (dev: string) => load({ 'm.csv': many }, `train: ./m.csv, dev: ${dev}, text: text, label: label`);
    const { train, dev } = await part('{fraction: 0.2, stratify: true, seed: 3}');
    expect([train.length, dev.length, dev.filter((row) => row['label'] === 1).length]).toEqual([32, 8, 2]);
    expect(new Set([...train, ...dev].map((row) => thawText(row).text)).size).toBe(40);
    expect((await part('{fraction: 0.2, stratify: true, seed: 3}')).dev).toEqual(dev);
    expect((await part('{fraction: 0.2, stratify: true, seed: 4}')).dev).not.toEqual(dev);
    await expect(part('{fraction: 0.01}')).rejects.toThrow(/0 dev and 40 train rows/);
  });
});

describe('a file that is not what it should be', () => {
  it.each([
    ['an array.jsonl', '[\n{"text": "a", "label": 0}\n]\n', /array\.jsonl:1[^]*format: json/],
    ['one-line.jsonl', '[{"text": "a", "label": 0}]\n', /JSON array[^]*format: json/],
    ['lines.json', '{"text": "a", "label": 0}\n{"text": "b", "label": 1}\n', /format: jsonl/],
    ['bare.csv', 'text,label\n', /header line and no rows/],
    ['quoted.tsv', '"text"\t"label"\n"a"\t"x"\n"b"\t"y"\n', /quotation marks as text/],
    ['twice.csv', 'text,label,label\na,0,1\n', /two columns are called label[^]*columns 2 and 3 of text, label, label/],
    ['twice.jsonl', '{"text": "a", "label": 0, "label": 1}\n', /twice\.jsonl:1[^]*got: label/],
    ['joined.csv', '\ufefftext,label\na,0\nb,1\n\ufefftext,label\nc,0\n', /repeats the header[^]*joined\.csv:4/],
    ['sheet.csv', Buffer.from('PK\u0003\u0004....'), /ZIP archive, or a spreadsheet/],
    ['columns.csv', Buffer.from('PAR1....'), /Parquet file[^]*format: parquet/],
    ['broken.parquet', Buffer.from('PAR1....PAR1'), /cannot be read as Parquet/],
    ['broken.csv.gz', gzipSync(table).subarray(0, 20), /begins as gzip and cannot be unpacked/],
    ['nul.jsonl', '{"text": "a", "label": "x\\u0000"}\n{"text": "b", "label": "y"}\n', /nul\.jsonl:1[^]*NUL/],
    ['half.jsonl', '{"text": "a", "label": "x"}\n{"text": "\\ud800", "label": "y"}\n', /half\.jsonl:2[^]*U\+D800/],
    [
      'unseen.jsonl',
      '{"text": "\\u200b\\u2060 ", "label": "x"}\n{"text": "b", "label": "y"}\n',
      /no text in text[^]*unseen\.jsonl:1[^]*U\+200B U\+2060/,
    ],
  ])('is told by name: %s', async (name, content, message) => {
    const refused = alone(name, content);
    await expect(refused).rejects.toThrow(/DATA_INVALID/);
    await expect(refused).rejects.toThrow(message);
  });

  it.each(['0x10', '1_000', 'Infinity', 'NaN', '1e999', ''])('has no target %j', async (target) => {
    const file = `text,label\na,1\nb,${JSON.stringify(target)}\n`;
    await expect(alone('targets.csv', file, '', 'text-regression')).rejects.toThrow(/targets\.csv:3/);
  });
});

it('integers that a double cannot hold stay apart', async () => {
  const large = ['9007199254740992', '9007199254740993', '1'];
  const lines = large.map((label, i) => `{"text": "row ${i}", "label": ${label}}\n`).join('');
  expect((await alone('large.jsonl', lines)).task.label_names).toEqual(['1', '9007199254740992', '9007199254740993']);
});

it('zstd is unpacked', async () => {
  expect((await alone('a.csv.zst', zstdTable)).train).toEqual(rows);
});

it('Parquet is read, nested columns and long integers too', async () => {
  const written = parquetWriteBuffer({
    columnData: [
      { name: 'text', data: ['good', 'bad', 'long'], type: 'STRING' },
      { name: 'label', data: [1n, 0n, 9007199254740993n], type: 'INT64' },
      { name: 'answers', data: [{ text: ['a'] }, { text: ['b'] }, { text: [] }], type: 'JSON' },
    ],
  });
  const { task, train } = await alone('a.parquet', new Uint8Array(written));
  expect(task.label_names).toEqual(['0', '1', '9007199254740993']);
  expect(train.map((row) => row['text'])).toEqual(['good', 'bad', 'long']);
  await expect(load({}, 'train: ./a.parquet, dev: ./a.parquet, text: answers.text.0, label: label')).rejects.toThrow(
    /no text in answers\.text\.0[^]*a\.parquet: row 3/,
  );
  await expect(load({}, 'train: ./a.parquet, dev: ./a.parquet, text: words, label: label')).rejects.toThrow(
    /got: text, label, answers/,
  );
});

describe('classes', () => {
  const classes = (...labels: readonly string[]) =>
    `text,label\n${labels.map((label, i) => `row ${i},${label}`).join('\n')}\n`;

  const inLine = 'train: ./l.csv, dev: ./l.csv, text: text, label: label';

  it('that are one number written in two ways are refused, unless they are listed', async () => {
    for (const labels of [
      ['0', '0.0', '1'],
      ['1', '01', '2'],
      ['0', '00', 'x'],
      ['-0', '0', '1'],
    ])
      await expect(alone('c.csv', classes(...labels))).rejects.toThrow(/two classes are the same number/);
    const file = { 'l.csv': classes('01', '1') };
    const listed = await load(file, inLine, "labels: ['01', '1']");
    expect(listed.task.label_names).toEqual(['01', '1']);
  });

  it('are the text that stands in the list, whatever YAML takes it for', async () => {
    for (const labels of [
      ['0.0', '1.0'],
      ['01', '02'],
      ['true', 'false'],
      ['no', 'yes'],
      ['1e0', '2'],
    ]) {
      const file = { 'l.csv': classes(...labels) };
      const { task } = await load(file, inLine, `labels: [${labels.join(', ')}]`);
      expect(task.label_names).toEqual(labels);
    }
  });

  it('of dev that look like one of train are told by their code points, or their number', async () => {
    const dev = (train: string, other: string) =>
      load(
        { 'train.csv': classes(train, 'x'), 'dev.csv': classes(other, 'x') },
        'train: ./train.csv, dev: ./dev.csv, text: text, label: label',
      );
    await expect(dev('caf\u00e9', 'cafe\u0301')).rejects.toThrow(/dev\.csv:2[^]*U\+0301[^]*write it as[^]*U\+00E9/);
    await expect(dev('0', '0.0')).rejects.toThrow(/got: 0\.0[^]*write it as the other rows do: 0/);
  });
});
