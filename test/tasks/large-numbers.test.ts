import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFile } from './load-file.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-large-numbers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (kind: string, name: string, content: string, columns: string) =>
  loadFile(folder, { kind, name, content, columns });
const targets = 'text: text, label: label';

/** Adam squares gradients, and a loss the distance to its target, in float32; numbers are read as doubles. */
describe('a number of data that is too large', () => {
  it.each([
    ['is infinite in float32', 'huge.jsonl', '{"text":"b","label":1e39}', '1e\\+39'],
    [
      'has a square that is infinite in float32',
      'square.jsonl',
      '{"text":"b","label":-1e20}',
      '-100000000000000000000',
    ],
    ['a double would round', 'rounded.jsonl', '{"text":"b","label":9007199254740993}', '9007199254740993'],
  ])('is refused as a target that %s, with its line', async (_, name, row, got) => {
    await expect(load('text-regression', name, `{"text":"a","label":1}\n${row}\n`, targets)).rejects.toThrow(
      new RegExp(
        `too large[^]*${name}:2\\n[^]*got: ${got}\\n[^]*at most 1000000000000000,[^]*to do: scale the targets`,
      ),
    );
  });

  it('is refused in CSV as it stands there', async () => {
    for (const target of ['1e39', '-1e20', '9007199254740993', '9007199254740993.0']) {
      const content = `text,label\na,1\nb,${target}\n`;
      await expect(load('text-regression', 'targets.csv', content, targets)).rejects.toThrow(
        new RegExp(`too large[^]*targets\\.csv:3\\n[^]*got: ${target}\\n`),
      );
    }
  });

  it('is a target where it can be trained on', async () => {
    const content = 'text,label\na,-1e15\nb,16777217\n';
    const { train } = await load('text-regression', 'large.csv', content, targets);
    expect(new Set(train.map(({ label }) => label))).toEqual(new Set([-1e15, 16777217]));
  });

  it('is refused as an answer’s start that a double would round', async () => {
    const content =
      '{"id":"1","question":"q","context":"a day","answers":[{"text":"day","answer_start":9007199254740993}]}\n';
    await expect(load('question-answering', 'start.jsonl', content, '')).rejects.toThrow(
      /no answers that can be read[^]*start\.jsonl:1[^]*9007199254740993/,
    );
  });
});
