import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encoderParametersOf } from '../../src/launch/base/describe-base.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-size-'));
  writeTinyModel(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

// Published sizes; each layer of the first two is 12 · 768², of the last, with grouped keys and a gate, less regular.
it.each([
  [
    'DistilBERT',
    6 * 12 * 768 ** 2,
    {
      model_type: 'distilbert',
      dim: 768,
      hidden_dim: 3072,
      n_layers: 6,
      n_heads: 12,
      vocab_size: 30522,
      max_position_embeddings: 512,
    },
  ],
  [
    'GPT-2',
    12 * 12 * 768 ** 2,
    { model_type: 'gpt2', n_embd: 768, n_layer: 12, n_head: 12, n_positions: 1024, vocab_size: 50257 },
  ],
  [
    'a Llama with grouped keys',
    2 * (2 * 64 ** 2 + 2 * 64 * 32 + 3 * 64 * 100),
    {
      model_type: 'llama',
      hidden_size: 64,
      intermediate_size: 100,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      vocab_size: 50,
      max_position_embeddings: 64,
    },
  ],
])('the size of %s is that of its linears, whatever its config.json calls them', (_, parameters, config) => {
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  expect(encoderParametersOf(folder, { kind: 'regression', label_names: [] })).toBe(parameters);
});
