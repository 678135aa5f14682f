import type { NamedTensor } from '../../src/formats/safetensors.ts';

/** A checkpoint of llama2.c as transformers has it. */
export interface LlamaCheckpoint {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: readonly NamedTensor[];
}

const headerNumbers = 7;

/**
 * Reads a checkpoint of llama2.c (github.com/karpathy/llama2.c, export.py version 0): seven int32, then float32 matrices, a
 * kind for all layers after the other. It turns features in pairs that lie beside one another, transformers the first
 * half with the second: the rows of queries and keys change their places for that.
 * @throws RangeError where the file is of another length than its header says
 */
export function readLlama2cCheckpoint(bytes: Uint8Array): LlamaCheckpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = Array.from({ length: headerNumbers }, (_, index) => view.getInt32(4 * index, true));
  const [dim = 0, wide = 0, layers = 0, heads = 0, keyHeads = 0, signedVocabulary = 0, positions = 0] = header;
  const vocabulary = Math.abs(signedVocabulary);
  const size = dim / heads;
  let offset = 4 * headerNumbers;
  const take = (rows: number, columns: number): Float32Array => {
    const count = rows * columns;
    const values = Float32Array.from({ length: count }, (_, index) => view.getFloat32(offset + 4 * index, true));
    offset += 4 * count;
    return values;
  };
  const ofLayers = (rows: number, columns: number) => Array.from({ length: layers }, () => take(rows, columns));
  const words = take(vocabulary, dim);
  const parts: readonly (readonly [string, number, number | null, readonly Float32Array[]])[] = [
    ['input_layernorm', dim, null, ofLayers(dim, 1)],
    ['self_attn.q_proj', heads * size, dim, ofLayers(heads * size, dim).map((m) => halved(m, heads, size, dim))],
    [
      'self_attn.k_proj',
      keyHeads * size,
      dim,
      ofLayers(keyHeads * size, dim).map((m) => halved(m, keyHeads, size, dim)),
    ],
    ['self_attn.v_proj', keyHeads * size, dim, ofLayers(keyHeads * size, dim)],
    ['self_attn.o_proj', dim, heads * size, ofLayers(dim, heads * size)],
    ['post_attention_layernorm', dim, null, ofLayers(dim, 1)],
    ['mlp.gate_proj', wide, dim, ofLayers(wide, dim)],
    ['mlp.down_proj', dim, wide, ofLayers(dim, wide)],
    ['mlp.up_proj', wide, dim, ofLayers(wide, dim)],
  ];
  const norm = take(dim, 1);
  take(positions, size); // cosines and sines, which follow from the positions
  const tied = signedVocabulary > 0;
  const output = tied ? [] : [{ name: 'lm_head.weight', shape: [vocabulary, dim], data: take(vocabulary, dim) }];
  if (offset !== bytes.byteLength) throw new RangeError(`${bytes.byteLength} bytes, where the header says ${offset}`);
  return {
    config: {
      architectures: ['LlamaForCausalLM'],
      model_type: 'llama',
      hidden_act: 'silu',
      hidden_size: dim,
      intermediate_size: wide,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      num_key_value_heads: keyHeads,
      max_position_embeddings: positions,
      rms_norm_eps: 1e-5,
      rope_theta: 10_000,
      tie_word_embeddings: tied,
      vocab_size: vocabulary,
      bos_token_id: 1,
      eos_token_id: 2,
      torch_dtype: 'float32',
    },
    tensors: [
      { name: 'model.embed_tokens.weight', shape: [vocabulary, dim], data: words },
      ...parts.flatMap(([name, rows, columns, matrices]) =>
        matrices.map((data, layer) => ({
          name: `model.layers.${layer}.${name}.weight`,
          shape: columns === null ? [rows] : [rows, columns],
          data,
        })),
      ),
      { name: 'model.norm.weight', shape: [dim], data: norm },
      ...output,
    ],
  };
}

/** Rows 0, 2, 4, … of each head, then 1, 3, 5, … @param matrix [heads·size, columns] */
function halved(matrix: Float32Array, heads: number, size: number, columns: number): Float32Array {
  const moved = new Float32Array(matrix.length);
  for (let head = 0; head < heads; head += 1) {
    for (let feature = 0; feature < size; feature += 1) {
      const from = head * size + (feature < size / 2 ? 2 * feature : 2 * feature - size + 1);
      moved.set(matrix.subarray(from * columns, (from + 1) * columns), (head * size + feature) * columns);
    }
  }
  return moved;
}
