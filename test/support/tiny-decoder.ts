import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { stream } from '../../src/random/stream.ts';
import type { FrozenRow } from '../../src/sweep/vocabulary.ts';

/** The families that a tiny decoder may be of. */
export type TinyFamily = 'llama' | 'mistral' | 'qwen2' | 'qwen3' | 'gpt2';

export interface TinyDecoder {
  readonly family: TinyFamily;
  readonly hidden: number;
  readonly layers: number;
  readonly positions: number;
  readonly chatTemplate: string | null;
  /** Words that its tokeniser has besides. */
  readonly more: readonly string[];
}

const usual: TinyDecoder = {
  family: 'qwen2',
  hidden: 16,
  layers: 2,
  positions: 128,
  more: [],
  chatTemplate:
    "{% for message in messages %}{{ '<turn> ' + message['role'] + ' ' + message['content'] + ' </s> ' }}{% endfor %}{% if add_generation_prompt %}{{ '<turn> assistant ' }}{% endif %}",
};

const things = ['film', 'day', 'book', 'song'];
const qualities = ['good', 'bad', 'bright', 'dark'];
const others = ['say', 'how', 'is', 'the', 'a', 'very', '.', ':', '#', 'Response', 'Instruction', 'Input', 'user'];
const words = ['<pad>', '<s>', '</s>', '<unk>', '<turn>', 'assistant', 'system', ...things, ...qualities, ...others];

const keyHeads = (family: TinyFamily): number => (family === 'gpt2' ? 2 : 1);

/**
 * Writes a random decoder of two heads with a word-level tokeniser, a token that ends texts and a chat template, so that
 * tests of language models run in milliseconds and need no download.
 */
export function writeTinyDecoder(folder: string, change: Partial<TinyDecoder> = {}): void {
  const model = { ...usual, ...change };
  const { family, hidden, layers, positions, chatTemplate, more } = model;
  const vocabulary = [...words, ...more];
  const rotary = {
    model_type: family,
    hidden_act: 'silu',
    hidden_size: hidden,
    intermediate_size: 24,
    max_position_embeddings: positions,
    num_attention_heads: 2,
    num_key_value_heads: keyHeads(family),
    num_hidden_layers: layers,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    vocab_size: vocabulary.length,
    pad_token_id: 0,
    ...(family === 'qwen3' ? { head_dim: hidden / 2 } : {}),
    ...(family === 'mistral' ? { sliding_window: null } : {}),
  };
  const gpt2 = {
    model_type: 'gpt2',
    n_embd: hidden,
    n_layer: layers,
    n_head: 2,
    n_positions: positions,
    vocab_size: vocabulary.length,
    pad_token_id: 0,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(family === 'gpt2' ? gpt2 : rotary));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizerOf(vocabulary)));
  const settings = {
    bos_token: '<s>',
    eos_token: '</s>',
    ...(chatTemplate === null ? {} : { chat_template: chatTemplate }),
  };
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(settings));
  const tensors = (family === 'gpt2' ? gpt2Tensors(model) : rotaryTensors(model)).map(({ name, shape, norm }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const normals = stream(11, 'tiny-decoder', name).normals(count);
    return { name, shape, data: Float32Array.from(normals, (value) => (norm === true ? 1 : 0) + 0.3 * value) };
  });
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
}

const letters = ['A', 'B', 'C', 'D'];
/** Words of questions, as the tokeniser parts them. */
export const questionWords = [...letters, 'Answer', 'which', 'about'];

/** Where a tiny decoder with these words has the letters. */
export const letterIds = letters.map((letter) => words.length + questionWords.indexOf(letter));

/** Questions of two to four choices, whose right one can be told by the thing that is asked about. */
export function tinyQuestions(seed: number, count: number): FrozenRow[] {
  return Array.from({ length: count }, (_, row) => {
    const draw = stream(seed, 'tiny-questions', row);
    const [thing = 0, more = 0] = draw.integers(2, 4);
    const choices = qualities.slice(0, 2 + (more % 3));
    const shots = row % 4 === 0 ? ['which book\nA. good\nB. bad\nAnswer: A\n\n'] : [];
    return { question: `which ${things[thing]}`, choices, answer: thing % choices.length, shots };
  });
}

/** Instructions whose response can be learned: what a thing is, by its name. */
export function tinyInstructions(seed: number, count: number): FrozenRow[] {
  return Array.from({ length: count }, (_, row) => {
    const draw = stream(seed, 'tiny-instructions', row);
    const [thing = 0, very = 0] = draw.integers(2, 4);
    const quality = qualities[thing] ?? '';
    const output = `${'very '.repeat(very)}${quality} .`;
    const instruction = `say how the ${things[thing]} is`;
    return row % 3 === 0 ? { instruction, input: `a ${things[thing]}`, output } : { instruction, output };
  });
}

const tokenizerOf = (vocabulary: readonly string[]) => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: ['<pad>', '<s>', '</s>', '<unk>', '<turn>'].map((content) => ({
    id: words.indexOf(content),
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  })),
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
    special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
  },
  decoder: null,
  model: {
    type: 'WordLevel',
    vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    unk_token: '<unk>',
  },
});

interface TinyTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly norm?: true;
}

function rotaryTensors({ family, hidden, layers, more }: TinyDecoder): readonly TinyTensor[] {
  const keys = keyHeads(family) * (hidden / 2);
  const linear = (name: string, outputs: number, inputs: number, bias: boolean): TinyTensor[] => [
    { name: `${name}.weight`, shape: [outputs, inputs] },
    ...(bias ? [{ name: `${name}.bias`, shape: [outputs] }] : []),
  ];
  const norm = (name: string, size = hidden): TinyTensor => ({ name: `${name}.weight`, shape: [size], norm: true });
  const layer = (name: string): TinyTensor[] => [
    ...linear(`${name}.self_attn.q_proj`, hidden, hidden, family === 'qwen2'),
    ...linear(`${name}.self_attn.k_proj`, keys, hidden, family === 'qwen2'),
    ...linear(`${name}.self_attn.v_proj`, keys, hidden, family === 'qwen2'),
    ...linear(`${name}.self_attn.o_proj`, hidden, hidden, false),
    ...linear(`${name}.mlp.gate_proj`, 24, hidden, false),
    ...linear(`${name}.mlp.up_proj`, 24, hidden, false),
    ...linear(`${name}.mlp.down_proj`, hidden, 24, false),
    norm(`${name}.input_layernorm`),
    norm(`${name}.post_attention_layernorm`),
    ...(family === 'qwen3'
      ? [norm(`${name}.self_attn.q_norm`, hidden / 2), norm(`${name}.self_attn.k_norm`, hidden / 2)]
      : []),
  ];
  return [
    { name: 'model.embed_tokens.weight', shape: [words.length + more.length, hidden] },
    ...Array.from({ length: layers }, (_, index) => layer(`model.layers.${index}`)).flat(),
    norm('model.norm'),
  ];
}

function gpt2Tensors({ hidden, layers, positions, more }: TinyDecoder): readonly TinyTensor[] {
  const linear = (name: string, inputs: number, outputs: number): TinyTensor[] => [
    { name: `${name}.weight`, shape: [inputs, outputs] },
    { name: `${name}.bias`, shape: [outputs] },
  ];
  const norm = (name: string): TinyTensor[] => [
    { name: `${name}.weight`, shape: [hidden], norm: true },
    { name: `${name}.bias`, shape: [hidden] },
  ];
  const layer = (name: string): TinyTensor[] => [
    ...norm(`${name}.ln_1`),
    ...linear(`${name}.attn.c_attn`, hidden, 3 * hidden),
    ...linear(`${name}.attn.c_proj`, hidden, hidden),
    ...norm(`${name}.ln_2`),
    ...linear(`${name}.mlp.c_fc`, hidden, 4 * hidden),
    ...linear(`${name}.mlp.c_proj`, 4 * hidden, hidden),
  ];
  return [
    { name: 'transformer.wte.weight', shape: [words.length + more.length, hidden] },
    { name: 'transformer.wpe.weight', shape: [positions, hidden] },
    ...Array.from({ length: layers }, (_, index) => layer(`transformer.h.${index}`)).flat(),
    ...norm('transformer.ln_f'),
  ];
}
