import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../src/formats/write-safetensors.ts';
import { makeTokenizer } from '../src/hub/tokenizers/make-tokenizer.ts';
import { stream } from '../src/random/stream.ts';

/*
 * A Qwen2 of random weights and about 11 M parameters, for measuring what a language model costs:
 *   npm run make:random-qwen2 -- VOCAB.json MERGES.txt FOLDER
 * with the vocabulary and merges of GPT-2's tokeniser (there called encoder.json and vocab.bpe).
 */

const [hidden, wide, layers, heads, keyHeads, vocabulary] = [160, 640, 8, 10, 2, 50_257];
const headSize = hidden / heads;

function tensors(): { readonly name: string; readonly shape: readonly number[] }[] {
  const linear = (name: string, outputs: number, inputs: number, bias = false) => [
    { name: `${name}.weight`, shape: [outputs, inputs] },
    ...(bias ? [{ name: `${name}.bias`, shape: [outputs] }] : []),
  ];
  const norm = (name: string) => ({ name: `${name}.weight`, shape: [hidden] });
  const layer = (name: string) => [
    ...linear(`${name}.self_attn.q_proj`, hidden, hidden, true),
    ...linear(`${name}.self_attn.k_proj`, keyHeads * headSize, hidden, true),
    ...linear(`${name}.self_attn.v_proj`, keyHeads * headSize, hidden, true),
    ...linear(`${name}.self_attn.o_proj`, hidden, hidden),
    ...linear(`${name}.mlp.gate_proj`, wide, hidden),
    ...linear(`${name}.mlp.up_proj`, wide, hidden),
    ...linear(`${name}.mlp.down_proj`, hidden, wide),
    norm(`${name}.input_layernorm`),
    norm(`${name}.post_attention_layernorm`),
  ];
  return [
    { name: 'model.embed_tokens.weight', shape: [vocabulary, hidden] },
    ...Array.from({ length: layers }, (_, index) => layer(`model.layers.${index}`)).flat(),
    norm('model.norm'),
  ];
}

const [vocabularyFile, merges, folder] = process.argv.slice(2);
if (vocabularyFile === undefined || merges === undefined || folder === undefined) {
  throw new Error('usage: npm run make:random-qwen2 -- VOCAB.json MERGES.txt FOLDER');
}
mkdirSync(folder, { recursive: true });
copyFileSync(vocabularyFile, join(folder, 'vocab.json'));
copyFileSync(merges, join(folder, 'merges.txt'));
writeFileSync(
  join(folder, 'config.json'),
  JSON.stringify({
    model_type: 'qwen2',
    hidden_act: 'silu',
    hidden_size: hidden,
    intermediate_size: wide,
    max_position_embeddings: 2048,
    num_attention_heads: heads,
    num_key_value_heads: keyHeads,
    num_hidden_layers: layers,
    rms_norm_eps: 1e-6,
    rope_theta: 10_000,
    tie_word_embeddings: true,
    vocab_size: vocabulary,
    bos_token_id: 50_256,
    eos_token_id: 50_256,
  }),
);
writeFileSync(
  join(folder, 'tokenizer_config.json'),
  JSON.stringify({ tokenizer_class: 'GPT2Tokenizer', eos_token: '<|endoftext|>', bos_token: '<|endoftext|>' }),
);
writeFileSync(join(folder, 'tokenizer.json'), makeTokenizer(folder, 'gpt2'));
const made = tensors().map(({ name, shape }) => {
  const count = shape.reduce((product, size) => product * size, 1);
  const isNorm = shape.length === 1 && name.includes('norm');
  const normals = stream(1, 'random-qwen2', name).normals(count);
  return { name, shape, data: Float32Array.from(normals, (value) => (isNorm ? 1 : 0) + 0.02 * value) };
});
writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(made, { format: 'pt' }));
process.stdout.write(`${made.reduce((sum, { data }) => sum + data.length, 0)} parameters in ${folder}\n`);
