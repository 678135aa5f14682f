import { join } from 'node:path';
import { addTokens } from './added-tokens.ts';
import { readUtf8 } from './published-files.ts';
import { type PublishedOptions } from './published-options.ts';
import { bertTemplate, type TokenizerDescription } from './tokenizer-description.ts';
import { demandVocabulary } from './vocabulary.ts';

const contents = {
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
};

/**
 * BERT's tokenizer from vocab.txt: one piece a line, its id the line's number from 0. Without options it lowers the
 * case, and strips accents exactly where it does so.
 * @throws MODEL_UNSUPPORTED
 */
export function describeWordPiece(folder: string, options: PublishedOptions): TokenizerDescription {
  const file = join(folder, 'vocab.txt');
  const lines = readUtf8(file).split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  const vocabulary = demandVocabulary(
    file,
    lines.map((piece, id) => [piece, id] as const),
  );
  const { config } = options;
  const added = addTokens(folder, options, { contents }, vocabulary);
  return {
    addedTokens: added.tokens,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case ?? true,
    },
    preTokenizer: { type: 'BertPreTokenizer' },
    postProcessor: bertTemplate(added.demand('cls_token'), added.demand('sep_token')),
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: added.demand('unk_token').content,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary),
    },
  };
}
