// `encoding` holds for every format of text that any task's rows may come in: a reader that is handed it and drops it would
// refuse a file that the sweep file describes rightly, or, worse, read other words.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatsOf, taskSections } from '../../src/tasks/tasks.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-encodings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const word = 'café';
const squad = { data: [{ paragraphs: [{ context: word, qas: [{ id: '1', question: word, answers: [] }] }] }] };

/** A file of each format, with a word that encodings write differently. */
const texts: Readonly<Record<string, string>> = {
  csv: `text,label\n${word},1\n`,
  tsv: `text\tlabel\n${word}\t1\n`,
  jsonl: `{"text":"${word}","label":1}\n`,
  json: `[{"text":"${word}","label":1}]`,
  conll: `${word} B-X\nis O\n`,
  squad: JSON.stringify(squad),
  mmlu: `${word}?,a,b,c,d,A\n`,
};
/** Bytes of their own, which no encoding changes. */
const binary = ['parquet'];

const formats = new Map(
  taskSections.flatMap(({ kind }) => formatsOf({ kind }).map((format) => [format.name, format] as const)),
);

it('every format of every task is tried', () => {
  expect([...formats.keys()].toSorted()).toEqual([...Object.keys(texts), ...binary].toSorted());
});

describe.each([...formats.values()].filter(({ name }) => !binary.includes(name)))(
  'a file of $name',
  ({ name, read }) => {
    const written = (encoding: 'latin1' | 'utf16le'): string => {
      const file = path.join(folder, `${encoding}.${name}`);
      writeFileSync(file, Buffer.from(texts[name] ?? '', encoding));
      return file;
    };

    it.each([
      ['latin1', 'latin1'],
      ['utf16le', 'utf-16le'],
    ] as const)('has the words that it has in %s', async (bytes, encoding) => {
      const { records } = await read(written(bytes), { encoding });
      expect(JSON.stringify(records[0]?.cells)).toContain(word);
    });

    it('is refused where no encoding is named, and it is not UTF-8', async () => {
      const reading = async () => read(written('latin1'), {});
      await expect(reading()).rejects.toThrow(/DATA_INVALID: a data file is not UTF-8[^]*task\.data\.encoding/);
    });
  },
);
