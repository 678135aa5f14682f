import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dryRun } from '../../src/launch/launch-sweep.ts';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-inputs-'));
  writeTinyModel(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

function change(file: string, by: (content: Record<string, unknown>) => Record<string, unknown>): void {
  const place = path.join(folder, file);
  writeFileSync(place, JSON.stringify(by(JSON.parse(readFileSync(place, 'utf8')))));
}

/** Words of three rows of both splits, some of them pairs. */
function run(rows: readonly { readonly text: string; readonly pair?: string }[], training = ''): Promise<string> {
  const lines = rows.map(({ text, pair }, row) =>
    JSON.stringify({ text, ...(pair === undefined ? {} : { pair }), label: row % 2 === 0 ? 'no' : 'yes' }),
  );
  for (const split of ['train', 'dev']) writeFileSync(path.join(folder, `${split}.jsonl`), `${lines.join('\n')}\n`);
  const columns = rows.some(({ pair }) => pair !== undefined) ? ', text_pair: pair' : '';
  const file = path.join(folder, 'sweep.yaml');
  writeFileSync(
    file,
    `name: s
base: ${folder}
task: {kind: text-classification, data: {train: train.jsonl, dev: dev.jsonl, text: text, label: label${columns}}}
space: {p: [0], N: [1], M: [1], seed: [0]}
training: {${training}}
`,
  );
  return dryRun(readSweepFile(file)).then(({ lines: said }) => said.join('\n'));
}

const short = [{ text: 'good film' }, { text: 'bad film' }];
const words = (count: number) => Array.from({ length: count }, () => 'good').join(' ');

describe('what model, tokenizer and rows together forbid', () => {
  it('is nothing of rows that fit; linears are counted and named, a length beyond the positions is said', async () => {
    const said = await run(short, 'targets: [/layer.1/]');
    expect(said).toMatch(/targets \/layer\.1\/ adapt 6 linears: bert\.encoder\.layer\.1\.attention\.self\.query, /);
    expect(said).toContain("max_length 128 is beyond the model's 40 tokens; the longest row has 4");
  });

  it('names a row that is longer than the positions, the number and the limit', async () => {
    await expect(run([...short, { text: words(60) }])).rejects.toThrow(
      /MODEL_UNSUPPORTED: a row is longer[^]*train\.jsonl:3 \(row 3 of train\); config\.json: max_position_embeddings\n {2}got: 62 tokens\n {2}expected: at most 40 /,
    );
    expect(await run([...short, { text: words(60) }], 'max_length: 40')).not.toContain('beyond');
  });

  it.each([
    [{ text: 'good' }, 3, 2],
    [{ text: 'good', pair: 'film' }, 5, 3],
  ])('names the least usable length: %j takes %i', async (row, least, specials) => {
    if (least > 3) {
      await expect(run([row, row], `max_length: ${least - 1}`)).rejects.toThrow(
        new RegExp(
          `no room for the texts[^]*special tokens around .* are ${specials}\\n {2}expected: at least ${least}:`,
        ),
      );
    }
    expect(await run([row, row], `max_length: ${least}`)).toContain('1 training');
  });

  it('names the row and the token that the table of words does not reach', async () => {
    change('config.json', (config) => ({ ...config, pad_token_id: 0 }));
    change('tokenizer.json', (tokenizer) => ({
      ...tokenizer,
      added_tokens: [
        ...(Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'] : []),
        {
          id: 19,
          content: 'newword',
          single_word: false,
          lstrip: false,
          rstrip: false,
          normalized: false,
          special: false,
        },
      ],
    }));
    await expect(run([...short, { text: 'a newword film' }])).rejects.toThrow(
      /MODEL_UNSUPPORTED: the tokenizer gives a token[^]*train\.jsonl:3 \(row 3 of train\)\n {2}got: token 19, "newword"\n {2}expected: ids below 19,/,
    );
  });

  it('names padding that the table of words does not reach', async () => {
    change('config.json', (config) => ({ ...config, pad_token_id: 19 }));
    await expect(run(short)).rejects.toThrow(/pad_token_id\n {2}got: 19\n {2}expected: below 19,/);
  });
});
