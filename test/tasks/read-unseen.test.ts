import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../src/sweep/sweep-definition.ts';
import { readUnseen } from '../../src/tasks/read-unseen.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-unseen-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function definitionOf(kind: string, columns: Readonly<Record<string, string>> = {}): TaskDefinition {
  return { kind, split_seed: 0, data: { kind: 'files', train: 'train.jsonl', dev: 'dev.jsonl', columns } };
}

function fileOf(name: string, rows: readonly object[]): { readonly path: string; readonly columns: object } {
  const file = path.join(folder, name);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { path: file, columns: {} };
}

describe('rows that a sweep never saw', () => {
  it('are questions with choices and no answer, without examples whatever the training had', async () => {
    const shape = { kind: 'multiple-choice', label_names: ['A', 'B', 'C', 'D'], settings: { shots: 5 } };
    const question = { question: 'Which is a colour?', choices: ['red', 'seven'] };
    const file = fileOf('questions.jsonl', [question, { ...question, answer: 'B', subject: 'colours' }]);
    const rows = await readUnseen(definitionOf('multiple-choice'), shape, { ...file, columns: {} });
    expect(rows).toEqual([
      { ...question, answer: 0 },
      { ...question, answer: 0, subject: 'colours' },
    ]);
    const labelled = fileOf('labelled.jsonl', [
      { question: question.question, choices: { text: question.choices, label: ['1', '2'] } },
      { question: 'Which is a colour? (A) red (B) seven' },
    ]);
    const own = await readUnseen(definitionOf('multiple-choice'), shape, { ...labelled, columns: {} });
    expect(own).toEqual([rows[0], rows[0]]);
  });

  it('are instructions with the response whose likelihood is told, or without one, with an input or without', async () => {
    const shape = { kind: 'language-modelling', label_names: [], settings: { prompt: 'alpaca' } };
    const row = { instruction: 'Name a colour.', output: 'Red.' };
    const file = fileOf('answers.jsonl', [row, { ...row, input: 'of a rose' }]);
    const rows = await readUnseen(definitionOf('language-modelling'), shape, { ...file, columns: {} });
    expect(rows).toEqual([row, { ...row, input: 'of a rose' }]);
    const without = fileOf('without.jsonl', [{ instruction: 'Name a colour.' }]);
    const asked = await readUnseen(definitionOf('language-modelling'), shape, { ...without, columns: {} });
    expect(asked).toEqual([{ instruction: 'Name a colour.', output: '' }]);
    const blank = fileOf('blank.jsonl', [row, { instruction: ' ' }]);
    await expect(readUnseen(definitionOf('language-modelling'), shape, { ...blank, columns: {} })).rejects.toThrow(
      /DATA_INVALID: a row has no text in instruction\n.*blank\.jsonl:2/,
    );
  });

  it('are sentences without tags, a list of words each or a word a line', async () => {
    const shape = { kind: 'token-classification', label_names: ['O', 'B-PER'] };
    const rows = [
      { tokens: ['Ann', 'sings'], tags: [0, 0] },
      { tokens: ['🏳️‍🌈'], tags: [0] },
    ];
    const lists = fileOf('words.jsonl', [{ tokens: ['Ann', 'sings'] }, { tokens: ['🏳️‍🌈'] }]);
    const lines = { path: path.join(folder, 'words.conll') };
    writeFileSync(lines.path, '\u{FEFF}Ann\r\nsings\r\n\r\n\r\n🏳️‍🌈\r\n');
    for (const file of [lists, lines])
      expect(await readUnseen(definitionOf('token-classification'), shape, { ...file, columns: {} })).toEqual(rows);
    writeFileSync(lines.path, 'Ann B-PER\nsings\n');
    await expect(readUnseen(definitionOf('token-classification'), shape, { ...lines, columns: {} })).rejects.toThrow(
      /DATA_INVALID: a word has no tag\n.*words\.conll:2\n {2}got: sings/,
    );
  });

  it('are read as the sweep’s own files where neither their name nor anybody says how', async () => {
    const shape = { kind: 'token-classification', label_names: ['O', 'B-PER'] };
    const definition = definitionOf('token-classification');
    const own = { ...definition, data: { ...definition.data, format: 'conll' } };
    const named = (name: string): string => path.join(folder, name);
    writeFileSync(named('words.txt'), 'Ann\n\n');
    const rows = [{ tokens: ['Ann'], tags: [0] }];
    expect(await readUnseen(own, shape, { path: named('words.txt'), columns: {} })).toEqual(rows);
    await expect(readUnseen(definition, shape, { path: named('words.txt'), columns: {} })).rejects.toThrow(
      /its format/,
    );
    const lists = fileOf('named.jsonl', [{ tokens: ['Ann'] }]);
    expect(await readUnseen(own, shape, { ...lists, columns: {} })).toEqual(rows);
  });

  it('are chats where the sweep’s are', async () => {
    const shape = { kind: 'language-modelling', label_names: [], settings: { prompt: 'chat' } };
    const messages = [
      { role: 'user', content: 'Name a colour.' },
      { role: 'assistant', content: 'Red.' },
    ];
    const file = fileOf('chats.jsonl', [{ talk: messages }, { talk: messages.slice(0, 1) }]);
    const rows = await readUnseen(definitionOf('language-modelling', { messages: 'talk' }), shape, {
      ...file,
      columns: {},
    });
    expect(rows).toEqual([{ messages }, { messages: [messages[0], { role: 'assistant', content: '' }] }]);
    const nobody = fileOf('nobody.jsonl', [{ talk: [] }]);
    const reading = readUnseen(definitionOf('language-modelling', { messages: 'talk' }), shape, {
      ...nobody,
      columns: {},
    });
    await expect(reading).rejects.toThrow(/DATA_INVALID: a chat has no turn of the assistant\b.*\n.*nobody\.jsonl:1/);
  });
});
