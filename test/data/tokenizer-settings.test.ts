import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { readTokenizerSettings } from '../../src/data/tokens/tokenizer-settings.ts';
import { tokenise } from '../../src/data/tokens/tokenise.ts';
import { tokenizerSha256 } from '../../src/hub/model-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-tokenizer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'hello', 'Hello', 'world', 'wörld', 'a', 'b', 'c'];
const special = (content: string, id: number) => ({ id, content, special: true, ...flags });
const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };

/** A WordPiece tokenizer that lowercases or not. */
function writeTokenizer(lowercase: boolean, config: Record<string, unknown> | null): void {
  const tokenizer = {
    version: '1.0',
    added_tokens: words.slice(0, 4).map(special),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'BertProcessing',
      sep: ['[SEP]', 3],
      cls: ['[CLS]', 2],
    },
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  if (config !== null) writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
}

async function tokensOf(text: string, maxLength = 16): Promise<readonly string[]> {
  const { tokenizer, truncationSide } = openTokenizer(folder);
  const [tokens = []] = await tokenise(tokenizer, [{ text }], { maxLength, truncationSide }, (encoding) =>
    encoding.getTokens(),
  );
  return tokens;
}

// Each row as transformers 5.24 has it: AutoTokenizer over the same two files.
describe('a tokenizer_config.json beside tokenizer.json', () => {
  it.each([
    [true, { do_lower_case: false }, ['[CLS]', 'Hello', 'wörld', '[SEP]']],
    [false, { do_lower_case: true }, ['[CLS]', 'hello', 'world', '[SEP]']],
    [false, {}, ['[CLS]', 'hello', 'world', '[SEP]']],
    [false, { tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: true }, ['[CLS]', 'Hello', 'wörld', '[SEP]']],
    [true, { do_lower_case: true, strip_accents: false }, ['[CLS]', 'hello', 'wörld', '[SEP]']],
  ])('is obeyed over lowercase %s: %o', async (lowercase, config, expected) => {
    writeTokenizer(lowercase, { tokenizer_class: 'BertTokenizer', ...config });
    expect(await tokensOf('Hello wörld')).toEqual(expected);
  });

  it('says which end is cut off', async () => {
    writeTokenizer(true, { truncation_side: 'left' });
    expect(await tokensOf('a b c', 4)).toEqual(['[CLS]', 'b', 'c', '[SEP]']);
    writeTokenizer(true, {});
    expect(await tokensOf('a b c', 4)).toEqual(['[CLS]', 'a', 'b', '[SEP]']);
  });

  it('adds tokens under the ids that it gives, and two ids of one token are refused by name', async () => {
    const added = (id: number) => ({ [String(id)]: { content: '<new>', special: false, ...flags } });
    writeTokenizer(true, { added_tokens_decoder: added(11) });
    expect(await tokensOf('a <new> b')).toEqual(['[CLS]', 'a', '<new>', 'b', '[SEP]']);
    writeTokenizer(true, { added_tokens_decoder: { 9: { content: 'a', ...flags } } });
    expect(() => openTokenizer(folder)).toThrow(/MODEL_UNSUPPORTED[^]*a: 8 there, 9 in tokenizer_config.json/);
  });

  it('is part of what a training is known by where it changes what rows become, and only there', async () => {
    writeTokenizer(true, null);
    const alone = await tokenizerSha256(join(folder, 'tokenizer.json'));
    writeTokenizer(true, { tokenizer_class: 'BertTokenizer', do_lower_case: true, model_max_length: 512 });
    expect(readTokenizerSettings(folder).changed).toBe(false);
    expect(await tokenizerSha256(join(folder, 'tokenizer.json'))).toBe(alone);
    writeTokenizer(true, { truncation_side: 'left' });
    expect(await tokenizerSha256(join(folder, 'tokenizer.json'))).not.toBe(alone);
  });

  it('is refused by name where it cannot be followed', () => {
    writeTokenizer(true, { truncation_side: 'middle' });
    expect(() => openTokenizer(folder)).toThrow(/tokenizer_config.json cannot be followed[^]*truncation_side/);
  });
});
