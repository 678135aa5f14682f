import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { predictionRecords } from '../../src/export/predictions/prediction-records.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';
import { readUnseen } from '../../src/tasks/read-unseen.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-row-name-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, lines: readonly string[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, lines.join('\n'));
  return file;
}

function definitionOf(columns: Readonly<Record<string, string>>) {
  const lines = ['key,text,label', 'a-1,one,ham', 'a-2,two,spam', ',three,spam'];
  const data = { kind: 'files', train: fileOf('train.csv', lines), dev: fileOf('dev.csv', lines), columns } as const;
  return { kind: 'text-classification', data, split_seed: 0 };
}

const texts = { text: 'text', label: 'label' };

it('is told with predictions, of rows whose file has a column for it', async () => {
  const { task, dev } = await loadDataset(definitionOf({ ...texts, id: 'key' }));
  const outputs = { values: Float32Array.of(1, 0, 0, 1, 0, 1), offsets: Uint32Array.of(0, 2, 4, 6) };
  const inputs = dev.map((_, row) => ({ row, ids: Int32Array.of(1), typeIds: new Uint8Array(1), labels: [0] }));
  const records = predictionRecords(
    { members: [outputs], evaluated: { shape: task, rows: dev, inputs } },
    { aggregate: 'logits', withMembers: false },
  );
  expect(records.map(({ id }) => id)).toEqual(['a-1', 'a-2', null]);
});

it('changes no row of data that name none', async () => {
  const { dev } = await loadDataset(definitionOf(texts));
  expect(dev).toEqual([
    { text: 'one', label: 0 },
    { text: 'two', label: 1 },
    { text: 'three', label: 1 },
  ]);
});

it('may be missing where rows are predicted that the sweep never saw', async () => {
  const definition = definitionOf({ ...texts, id: 'key' });
  const { task } = await loadDataset(definition);
  const read = (lines: readonly string[]) =>
    readUnseen(definition, task, { path: fileOf('new.csv', lines), columns: {} });
  expect(await read(['text', 'four'])).toEqual([{ text: 'four', label: 0 }]);
  expect(await read(['key,text', 'b,four'])).toEqual([{ text: 'four', label: 0, id: 'b' }]);
});

it('is a column of every task', () => {
  for (const { columns } of taskSections) expect(columns.filter(({ name }) => name === 'id')).toHaveLength(1);
});
