import { join } from 'node:path';
import { robertaContents, type RoleRules } from './added-tokens.ts';
import { unsupportedTokenizer } from './published-files.ts';
import type { PublishedOptions } from './published-options.ts';
import { pieceKinds, readSentencePieceModel, type SentencePiece } from './sentencepiece-model.ts';
import { template, type TokenizerDescription } from './tokenizer-description.ts';
import { describeUnigram, manySpaces, metaspace, precompiled } from './unigram.ts';

/** XLM-RoBERTa's ids are fairseq's: four tokens of its own, then the pieces after SentencePiece's first three. */
const fairseqFirst = ['<s>', '<pad>', '</s>', '<unk>'] as const;
const sentencePieceFirst = ['<unk>', '<s>', '</s>'] as const;

/**
 * XLM-RoBERTa's tokenizer from sentencepiece.bpe.model, which is a Unigram model: <s> A </s>, or <s> A </s></s> B </s>
 * with type ids of 0. The mask is the last piece and takes in the space before it.
 * @throws MODEL_UNSUPPORTED
 */
export function describeXlmRoberta(folder: string, options: PublishedOptions): TokenizerDescription {
  const file = join(folder, 'sentencepiece.bpe.model');
  const model = readSentencePieceModel(file);
  const first = model.pieces.slice(0, sentencePieceFirst.length).map(({ piece }) => piece);
  if (first.join() !== sentencePieceFirst.join()) {
    throw unsupportedTokenizer(file, { got: first, expected: `${sentencePieceFirst.join(', ')} as the first pieces` });
  }
  const plain = (piece: string): SentencePiece => ({ piece, score: 0, kind: pieceKinds.normal });
  const pieces = [...fairseqFirst.map(plain), ...model.pieces.slice(sentencePieceFirst.length), plain('<mask>')];
  const rules: RoleRules = {
    contents: robertaContents,
    matching: { mask_token: { lstrip: true, special: true } },
  };
  const unknownId = fairseqFirst.indexOf('<unk>');
  const { added, ...common } = describeUnigram(folder, file, options, rules, { pieces, unknownId }, model.pieces);
  const cls = added.demand('cls_token');
  const sep = added.demand('sep_token');
  const single = [
    [cls.content, 0],
    ['A', 0],
    [sep.content, 0],
  ] as const;
  return {
    ...common,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        ...precompiled(model),
        { type: 'Strip', strip_left: false, strip_right: true },
        { type: 'Replace', pattern: manySpaces, content: '▁' },
      ],
    },
    preTokenizer: metaspace,
    postProcessor: template(single, [...single, [sep.content, 0], ['B', 0], [sep.content, 0]], {
      [cls.content]: cls.id,
      [sep.content]: sep.id,
    }),
  };
}
