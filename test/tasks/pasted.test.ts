import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-pasted-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The definition that a sweep file gives of one file's rows. @param columns what stands in task.data besides */
function definitionOf(kind: string, name: string, columns: string) {
  const sweep = path.join(folder, 'sweep.yaml');
  const data = `{train: ./${name}, dev: ./${name}, ${columns}}`;
  writeFileSync(sweep, `name: s\nbase: some/model\ntask: {kind: ${kind}, data: ${data}}\n`);
  return readSweepFile(sweep).task;
}

async function load(kind: string, name: string, content: string, columns: string) {
  writeFileSync(path.join(folder, name), content);
  return loadDataset(definitionOf(kind, name, columns));
}

const classes = 'text: text, label: label';
const words = 'tokens: tokens, tags: tags';

describe('what is pasted with characters that are not seen', () => {
  const rows = (...each: readonly object[]) => each.map((row) => `${JSON.stringify(row)}\n`).join('');

  it.each([
    ['text-classification', { text: 'a', label: 'x' }, { text: 'b', label: 'y\u00a0' }, classes],
    ['multi-label-classification', { text: 'a', label: ['x'] }, { text: 'b', label: ['y\u00a0'] }, classes],
    ['multi-label-classification', { text: 'a', label: 'x' }, { text: 'b', label: 'y\u00a0,\u200b' }, classes],
    ['token-classification', { tokens: ['a'], tags: ['x'] }, { tokens: ['b'], tags: ['\u00a0y'] }, words],
  ])('is a label of %s without the space at its ends', async (kind, first, second, columns) => {
    const { task } = await load(kind, 'pasted.jsonl', rows(first, second), columns);
    expect(task.label_names).toEqual(['x', 'y']);
  });

  it.each([
    ['a tag', 'token-classification', rows({ tokens: ['a'], tags: ['\u200b'] }), words],
    ['a choice', 'multiple-choice', rows({ question: 'q', choices: ['a', '\u200b'], answer: 'A' }), ''],
    ['an answer', 'multiple-choice', rows({ question: 'q', choices: ['a', 'b'], answer: '\u200bB' }), ''],
    ['a target', 'text-regression', rows({ text: 'a', label: '2\u200b' }, { text: 'b', label: 1 }), classes],
    ['a column', 'text-classification', 'text,label\u200b\na,x\nb,y\n', classes],
  ])('is refused as %s, and its code point is told', async (_, kind, content, columns) => {
    const name = content.startsWith('{') ? 'pasted.jsonl' : 'pasted.csv';
    await expect(load(kind, name, content, columns)).rejects.toThrow(/DATA_INVALID: .*\n.*pasted\.\w+.*\n.*U\+200B/);
  });

  it.each([
    ['text\u200b: text, label: label', /task\.data\.text\u200b: unknown key; did you mean text\? \(with U\+200B\)/],
    ['text: text, label: label, format: "csv\u00a0"', /csv\u00a0.* \(with U\+00A0\)/],
  ])('is told in a sweep file: %s', (columns, told) => {
    expect(() => definitionOf('text-classification', 'pasted.csv', columns)).toThrow(told);
  });
});
