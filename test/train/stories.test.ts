import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeLlamaFolder } from '../../bench/llama2c/write-llama-folder.ts';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { greedyTokens, openTextGenerator } from '../../src/train/engine/text-generator.ts';
import { sharedFolder } from '../support/shared-folder.ts';

const data = sharedFolder('data');
const stories = path.join(data ?? '', 'models', 'stories260K');

it.skipIf(data === null)('stories260K, converted, goes on with a text word for word as llama2.c does', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-stories-'));
  writeLlamaFolder(path.join(stories, 'stories260K.bin'), path.join(stories, 'tok512.bin'), folder);
  const { tokenizer } = openTokenizer(folder);
  const encoding = await tokenizer.encode('Once upon a time');
  const task = { kind: 'language-modelling', label_names: [] };
  const adapter = { adapter: 'lora', rank: 2, alpha: 4, targets: ['q_proj'] } as const;
  const generator = await openTextGenerator({ modelFolder: folder, task, adapter, threads: 2 });
  const parameters = new Float32Array(generator.layout.length);
  const streams = [generator.begin({ parameters, masks: null, updateScale: 1 })];
  const found: number[] = [];
  const most = 257 - encoding.getIds().length;
  for await (const token of greedyTokens({ streams, prompt: encoding.getIds(), most, ends: new Set([2]) })) {
    found.push(token);
  }
  const text = await tokenizer.decode([...encoding.getIds(), ...found], true);
  const told = /-t 0\.0\n([^]*?)\n```/.exec(readFileSync(path.join(stories, 'stories260K.md'), 'utf8'))?.[1] ?? '';
  expect(told).toMatch(/^Once upon a time, there was a little girl named Lily/);
  expect(text.trim()).toBe(told.trim());
  await generator.close();
  rmSync(folder, { recursive: true });
});
