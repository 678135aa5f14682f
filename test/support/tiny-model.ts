import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { stream } from '../../src/random/stream.ts';
import type { FrozenRow } from '../../src/sweep/vocabulary.ts';

const hidden = 24;
const intermediate = 40;
const layers = 2;
const positions = 40;
const words = [
  'good',
  'fine',
  'glad',
  'bright',
  'bad',
  'poor',
  'sad',
  'dark',
  'the',
  'a',
  'film',
  'day',
  'was',
  'is',
  'very',
];
const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...words];

/**
 * Writes a random two-layer BERT with a word-level tokeniser (config.json, model.safetensors, tokenizer.json), so
 * that tests of trainings run in milliseconds and need no download.
 */
export function writeTinyModel(folder: string): void {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  const tensors = tinyTensors().map(({ name, shape }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const normals = stream(11, 'tiny-model', name).normals(count);
    const base = name.endsWith('LayerNorm.weight') ? 1 : 0;
    return { name, shape, data: Float32Array.from(normals, (value) => base + 0.15 * value) };
  });
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
}

/** Rows of three to ten words whose label tells whether more good than bad words are in them. */
export function tinyRows(seed: number, count: number): FrozenRow[] {
  return Array.from({ length: count }, (_, i) => {
    const draw = stream(seed, 'tiny-rows', i);
    const length = 3 + (draw.integers(1, 8)[0] ?? 0);
    const chosen = Array.from(draw.integers(length, words.length), (index) => words[index] ?? 'a');
    const score = chosen.reduce(
      (sum, word) => sum + (words.indexOf(word) < 4 ? 1 : words.indexOf(word) < 8 ? -1 : 0),
      0,
    );
    return { text: chosen.join(' '), label: score > 0 ? 1 : 0 };
  });
}

const config = {
  architectures: ['BertModel'],
  model_type: 'bert',
  hidden_act: 'gelu',
  hidden_size: hidden,
  intermediate_size: intermediate,
  layer_norm_eps: 1e-12,
  max_position_embeddings: positions,
  num_attention_heads: 3,
  num_hidden_layers: layers,
  pad_token_id: 0,
  position_embedding_type: 'absolute',
  type_vocab_size: 2,
  vocab_size: vocabulary.length,
  initializer_range: 0.02,
};

const special = (id: string, type: number): object => ({ SpecialToken: { id, type_id: type } });
const sequence = (id: string, type: number): object => ({ Sequence: { id, type_id: type } });

const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)],
    pair: [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0), sequence('B', 1), special('[SEP]', 1)],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  decoder: null,
  model: {
    type: 'WordLevel',
    vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    unk_token: '[UNK]',
  },
};

interface TinyTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

function tinyTensors(): TinyTensor[] {
  const linear = (name: string, outputs: number, inputs: number): TinyTensor[] => [
    { name: `${name}.weight`, shape: [outputs, inputs] },
    { name: `${name}.bias`, shape: [outputs] },
  ];
  const norm = (name: string): TinyTensor[] =>
    ['weight', 'bias'].map((part) => ({ name: `${name}.LayerNorm.${part}`, shape: [hidden] }));
  const layer = (name: string): TinyTensor[] => [
    ...['query', 'key', 'value'].flatMap((part) => linear(`${name}.attention.self.${part}`, hidden, hidden)),
    ...linear(`${name}.attention.output.dense`, hidden, hidden),
    ...norm(`${name}.attention.output`),
    ...linear(`${name}.intermediate.dense`, intermediate, hidden),
    ...linear(`${name}.output.dense`, hidden, intermediate),
    ...norm(`${name}.output`),
  ];
  return [
    { name: 'embeddings.word_embeddings.weight', shape: [vocabulary.length, hidden] },
    { name: 'embeddings.position_embeddings.weight', shape: [positions, hidden] },
    { name: 'embeddings.token_type_embeddings.weight', shape: [2, hidden] },
    ...norm('embeddings'),
    ...Array.from({ length: layers }, (_, i) => layer(`encoder.layer.${i}`)).flat(),
    ...linear('pooler.dense', hidden, hidden),
  ];
}
