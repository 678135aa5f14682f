interface Piece {
  readonly text: string;
  readonly score: number;
}

const [unknown, begin, end] = ['<unk>', '<s>', '</s>'];
const named = [unknown, begin, end];

/**
 * The tokenizer.json of a tokenizer of llama2.c (tokenizer.py): the longest piece's length, then of each its score, its
 * length and its bytes, with spaces where SentencePiece has ▁. A pair is merged before another where what it makes has the
 * greater score.
 * @param vocabulary how many pieces there are
 */
export function readLlama2cTokenizer(bytes: Uint8Array, vocabulary: number): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 4;
  const pieces = Array.from({ length: vocabulary }, (_, id): Piece => {
    const score = view.getFloat32(offset, true);
    const length = view.getInt32(offset + 4, true);
    const text = new TextDecoder().decode(bytes.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
    return { score, text: named[id] ?? text.replaceAll(' ', '▁') };
  });
  const scores = new Map(pieces.map(({ text, score }) => [text, score]));
  const special = (content: string) => ({
    id: named.indexOf(content),
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: named.map(special),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: begin, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [
        { SpecialToken: { id: begin, type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { Sequence: { id: 'B', type_id: 0 } },
      ],
      special_tokens: { [begin]: { id: begin, ids: [1], tokens: [begin] } },
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(pieces.map(({ text }, id) => [text, id])),
      merges: mergesOf(pieces.slice(named.length), scores),
    },
  };
}

/** Every pair of pieces that makes a piece, the likeliest first; equal ones as they stand in the file. */
function mergesOf(pieces: readonly Piece[], scores: ReadonlyMap<string, number>): readonly (readonly string[])[] {
  const pairs = pieces.flatMap(({ text, score }) => {
    const points = Array.from(text);
    if (/^<0x[0-9A-F]{2}>$/.test(text)) return [];
    return points.slice(1).flatMap((_, index) => {
      const [left, right] = [points.slice(0, index + 1).join(''), points.slice(index + 1).join('')];
      return scores.has(left) && scores.has(right) ? [{ pair: [left, right], score }] : [];
    });
  });
  return pairs.toSorted((a, b) => b.score - a.score).map(({ pair }) => pair);
}
