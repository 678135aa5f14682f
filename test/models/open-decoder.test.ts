import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loraMethod } from '../../src/adapters/lora/method.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';
import { buildGradientGraph } from '../../src/train/engine/graphs/gradient-graph.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { trainableLayout } from '../../src/train/engine/graphs/trainable-layout.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { nextTokenObjective, spanObjective } from '../support/objectives.ts';

const vectors = path.join(import.meta.dirname, 'vectors');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-decoder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @param change members of config.json; undefined takes one away */
function takeModel(name: string, change: Record<string, unknown> = {}): void {
  for (const file of ['config.json', 'model.safetensors'])
    cpSync(path.join(vectors, name, file), path.join(folder, file));
  const file = path.join(folder, 'config.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
}

const open = (objective = nextTokenObjective) =>
  openEngineWithHead(
    { modelFolder: folder, adapter: { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] }, threads: 1 },
    objective,
  );

const [llama, mistral, qwen3, gpt2] = [
  'llama3-scaling-lm-lora',
  'mistral-linear-lm-lora',
  'qwen3-lm-lora',
  'gpt2-options-lm-lora',
];

describe('a decoder that the engine does not build', () => {
  it.each([
    [
      llama,
      { rope_scaling: { rope_type: 'yarn', factor: 4 } },
      /got: rope_scaling.rope_type.*\n {2}expected: .*llama3/,
    ],
    [mistral, { rope_scaling: { type: 'dynamic', factor: 4 } }, /got: rope_scaling/],
    [llama, { rope_scaling: null, rope_parameters: { rope_type: 'default', mscale: 2 } }, /rope_parameters.*mscale/],
    [llama, { rope_scaling: { rope_type: 'linear' } }, /got: rope_scaling.factor/],
    [llama, { partial_rotary_factor: 0.5 }, /got: partial_rotary_factor 0.5/],
    [llama, { hidden_act: 'relu2' }, /got: hidden_act "relu2".*\n {2}expected: hidden_act silu, swish, relu/],
    [llama, { num_key_value_heads: 3 }, /num_attention_heads 2 is no multiple of num_key_value_heads 3/],
    [llama, { num_attention_heads: 3 }, /hidden_size 16 is no multiple of num_attention_heads 3/],
    [qwen3, { head_dim: 5 }, /head_dim 5 is odd/],
    [qwen3, { head_dim: undefined }, /got: head_dim/],
    [qwen3, { layer_types: ['linear_attention', 'full_attention'] }, /got: layer_types.0 "linear_attention"/],
    [
      gpt2,
      { activation_function: 'mish' },
      /got: activation_function "mish".*\n {2}expected: activation_function silu, swish/,
    ],
    [gpt2, { add_cross_attention: true }, /got: add_cross_attention/],
    [gpt2, { n_head: 3 }, /n_embd 16 is no multiple of n_head 3/],
  ])('is refused by what config.json says: %s with %j', async (name, change, message) => {
    takeModel(name, change);
    await expect(open()).rejects.toThrow(message);
    await expect(open()).rejects.toThrow(/MODEL_UNSUPPORTED/);
  });

  it('is refused where the output is not tied and its matrix is missing', async () => {
    takeModel(qwen3, { tie_word_embeddings: false });
    await expect(open()).rejects.toThrow(/WEIGHTS_INVALID: .*\n.*\n {2}expected: lm_head.weight of \[31, 16\]/);
  });

  it('is refused for a task that it has no head for, as an encoder is for language modelling', async () => {
    takeModel(llama);
    await expect(open(spanObjective)).rejects.toThrow(/model_type llama\n {2}got: a head of each token/);
    writeTinyModel(folder);
    await expect(open()).rejects.toThrow(/MODEL_UNSUPPORTED: .*\n.*\n {2}got: scores of the next token/);
  });
});

describe('rows of tokens', () => {
  const rows = (length: number) => {
    const ones = new BigInt64Array(length).fill(1n);
    const types = new BigInt64Array(length);
    return { rows: 1, length, inputIds: ones, attentionMask: ones, tokenTypeIds: types, samples: samplesInOrder(1) };
  };

  it.each([
    [mistral, {}, 9, /sliding_window\n {2}got: 10 tokens\n {2}expected: at most 9/],
    [mistral, { sliding_window: undefined }, 4096, /sliding_window/],
    [qwen3, { use_sliding_window: true, sliding_window: 5, max_window_layers: 1 }, 5, /sliding_window/],
    [gpt2, {}, 9, /n_positions/],
  ])('of %s with %j are refused past what its window or positions cover', async (name, change, longest, message) => {
    takeModel(name, change);
    const engine = await open();
    const { parameters } = engine.initialState(1);
    await expect(engine.logits(parameters, rows(longest + 1), null, 1)).rejects.toThrow(message);
    if (longest < 10) expect(await engine.logits(parameters, rows(longest), null, 1)).toHaveLength(longest * 31);
    await engine.close();
  });

  it.each([
    [mistral, { sliding_window: null }],
    [qwen3, { use_sliding_window: false, sliding_window: 5 }],
    [qwen3, { use_sliding_window: true, sliding_window: 5, max_window_layers: 2 }],
  ])('of %s with %j may be of any length: no layer has a window', (name, change) => {
    takeModel(name, change);
    expect(openEncoder(folder).encoder.tokenLimit).toBeUndefined();
  });
});

describe('the training branch of a decoder', () => {
  it('never holds the scores of all tokens', () => {
    takeModel(llama);
    const { encoder, weights } = openEncoder(folder);
    const head = encoder.head(nextTokenObjective.head);
    const layout = trainableLayout(encoder.linears, { method: loraMethod, rank: 2 }, head);
    const { loss } = nextTokenObjective;
    const { graph } = buildGradientGraph({ encoder, weights, head, loss, layout, method: loraMethod, scale: 2 });
    const scores = (name: string) => {
      const branch = graph.nodes[0]?.attributes[name];
      if (branch?.kind !== 'graph') throw new Error('the graph is an If');
      return branch.value.nodes.flatMap((node) => node.outputs).filter(({ shape }) => shape.includes(31));
    };
    expect(scores('then_branch')).toEqual([]);
    expect(scores('else_branch')).not.toEqual([]);
  });
});
