import { join } from 'node:path';
import { addTokens, robertaContents, type RoleRules } from './added-tokens.ts';
import { isPublished, readJson, readUtf8, unsupportedTokenizer } from './published-files.ts';
import type { PublishedOptions, TokenRole } from './published-options.ts';
import { template, type TokenizerDescription } from './tokenizer-description.ts';
import { demandVocabulary } from './vocabulary.ts';

/** The vocabulary and the merges: as transformers names them, and as OpenAI did. */
export const byteLevelFiles = [
  ['vocab.json', 'merges.txt'],
  ['encoder.json', 'vocab.bpe'],
] as const;

const end = '<|endoftext|>';

/**
 * GPT-2's tokenizer: byte pairs, and no special tokens around a text unless add_bos_token asks for one before it.
 * @throws MODEL_UNSUPPORTED
 */
export function describeGpt2(folder: string, options: PublishedOptions): TokenizerDescription {
  const rules = {
    contents: { bos_token: end, eos_token: end, unk_token: end },
    matching: matchedAsWritten(['bos_token', 'eos_token', 'unk_token', 'pad_token']),
  };
  const { added, ...common } = describeByteLevel(folder, options, rules);
  if (options.config.add_bos_token !== true) {
    const postProcessor = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true };
    return { ...common, postProcessor };
  }
  const bos = added.demand('bos_token');
  const start = [
    [bos.content, 0],
    ['A', 0],
  ] as const;
  return { ...common, postProcessor: template(start, [...start, ['B', 1]], { [bos.content]: bos.id }) };
}

/**
 * RoBERTa's tokenizer: GPT-2's byte pairs in <s> A </s>, or <s> A </s></s> B </s> with type ids of 0 throughout. The
 * mask takes in the space before it.
 * @throws MODEL_UNSUPPORTED
 */
export function describeRoberta(folder: string, options: PublishedOptions): TokenizerDescription {
  const rules = {
    contents: robertaContents,
    matching: {
      ...matchedAsWritten(['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token']),
      mask_token: { lstrip: true, normalized: false },
    },
  };
  const { added, ...common } = describeByteLevel(folder, options, rules);
  const [sep, cls] = [added.demand('sep_token'), added.demand('cls_token')];
  added.demand('unk_token');
  return {
    ...common,
    postProcessor: {
      type: 'RobertaProcessing',
      sep: [sep.content, sep.id],
      cls: [cls.content, cls.id],
      trim_offsets: true,
      add_prefix_space: options.config.add_prefix_space ?? false,
    },
  };
}

function matchedAsWritten(roles: readonly TokenRole[]): NonNullable<RoleRules['matching']> {
  return Object.fromEntries(roles.map((role) => [role, { normalized: true }]));
}

function describeByteLevel(folder: string, options: PublishedOptions, rules: RoleRules) {
  const [vocabularyName, mergesName] =
    byteLevelFiles.find((names) => names.every((name) => isPublished(folder, name))) ?? byteLevelFiles[0];
  const vocabularyFile = join(folder, vocabularyName);
  const found = readJson(vocabularyFile);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw unsupportedTokenizer(vocabularyFile, { expected: 'an object of ids by piece' });
  }
  const vocabulary = demandVocabulary(vocabularyFile, Object.entries(found));
  const added = addTokens(folder, options, rules, vocabulary);
  return {
    added,
    addedTokens: added.tokens,
    normalizer: null,
    preTokenizer: {
      type: 'ByteLevel',
      add_prefix_space: options.config.add_prefix_space ?? false,
      trim_offsets: true,
      use_regex: true,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary),
      merges: readMerges(join(folder, mergesName), vocabulary),
    },
  };
}

/** The merges, first ones first: after a line with the version, two pieces a line that the vocabulary has joined. */
function readMerges(file: string, vocabulary: ReadonlyMap<string, number>): readonly (readonly [string, string])[] {
  const [version = '', ...lines] = readUtf8(file).split(/\r\n|\n/);
  if (!version.startsWith('#version')) {
    throw unsupportedTokenizer(file, { got: version.slice(0, 80), expected: 'a first line with #version' });
  }
  if (lines.pop() !== '') throw unsupportedTokenizer(file, { expected: 'a last line that ends, as of a whole file' });
  const seen = new Set<string>();
  return lines.map((line, i) => {
    const [left = '', right = '', ...more] = line.split(' ');
    const known = [left, right, left + right].every((piece) => vocabulary.has(piece));
    if (more.length === 0 && known && !seen.has(line)) {
      seen.add(line);
      return [left, right];
    }
    const expected = 'two pieces with a space between, once, that the vocabulary has, alone and joined';
    throw unsupportedTokenizer(`${file}:${i + 2}`, { got: line.slice(0, 80), expected });
  });
}
