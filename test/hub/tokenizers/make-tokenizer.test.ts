import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { makeTokenizer, tokenizerSources } from '../../../src/hub/tokenizers/make-tokenizer.ts';
import { sharedFolder } from '../../support/shared-folder.ts';
import { cases, publish, textsOfCases } from './published-folder.ts';

const data = sharedFolder('data');

/** Ids and type ids of every text, without the file's own truncation and padding. */
async function encodeAll(tokenizer: Tokenizer, texts = textsOfCases) {
  tokenizer.disablePadding();
  tokenizer.disableTruncation();
  const encodings = await Promise.all(texts.map(([text, pair]) => tokenizer.encode(text, pair)));
  return encodings.map((encoding) => ({ ids: encoding.getIds(), typeIds: encoding.getTypeIds() }));
}

describe('a tokenizer.json made of published files', () => {
  it('is compared on every kind, and on texts of every sort', () => {
    expect(new Set(cases.map((one) => one.model_type))).toEqual(
      new Set(['bert', 'distilbert', 'electra', 'gpt2', 'roberta', 'deberta-v2', 'xlm-roberta']),
    );
    expect(textsOfCases.length).toBe(73);
    for (const { ids, type_ids } of cases) {
      expect(ids.length).toBe(textsOfCases.length);
      expect(type_ids.length).toBe(textsOfCases.length);
    }
    // The options matter: no two cases of one kind are the same, but for XLM-RoBERTa’s typed tokens.
    const distinct = new Set(cases.map((one) => JSON.stringify([one.model_type, one.tokenizer])));
    expect(distinct.size).toBe(cases.length - 1);
  });

  it.each(cases)('gives the ids and type ids of transformers: $name', async (one) => {
    const tokenizer = Tokenizer.fromString(makeTokenizer(publish(one.files, one.written), one.model_type));
    const got = await encodeAll(tokenizer);
    const expected = one.ids.map((ids, i) => ({ ids, typeIds: one.type_ids[i] || ids.map(() => 0) }));
    for (const [i, text] of textsOfCases.entries()) expect([text, got[i]]).toEqual([text, expected[i]]);
  });

  it.each(cases)('says what transformers writes: $name', (one) => {
    const text = makeTokenizer(publish(one.files, one.written), one.model_type);
    const large = ['vocab', 'merges', 'precompiled_charsmap'];
    const said: unknown = JSON.parse(text, (key, value: unknown) => (large.includes(key) ? undefined : value));
    expect(said).toEqual(one.tokenizer);
  });

  it('takes OpenAI’s names of the same files', () => {
    const byteLevel = { 'vocab.json': 'vocab.json', 'merges.txt': 'merges.txt' };
    const openAi = { 'encoder.json': 'vocab.json', 'vocab.bpe': 'merges.txt' };
    expect(makeTokenizer(publish(openAi), 'gpt2')).toBe(makeTokenizer(publish(byteLevel), 'gpt2'));
  });

  it('is listed with the files that it is made of', () => {
    const optional = ['tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'];
    expect(tokenizerSources('deberta-v2')).toEqual([{ required: ['spm.model'], optional }]);
    expect(tokenizerSources('gpt2').map(({ required }) => required)).toEqual([
      ['vocab.json', 'merges.txt'],
      ['encoder.json', 'vocab.bpe'],
    ]);
    expect(tokenizerSources('llama')).toEqual([]);
    expect(tokenizerSources('toString')).toEqual([]);
  });

  it('is whole for every case: nothing but the listed files is needed', () => {
    for (const { model_type, files, written } of cases) {
      const [source] = tokenizerSources(model_type);
      expect(Object.keys(files)).toEqual(source?.required);
      for (const name of Object.keys(written)) expect(source?.optional).toContain(name);
    }
  });
});

describe.skipIf(data === null)('of published models (skipped where ../shared/data is absent)', () => {
  it('all-MiniLM-L6-v2 from vocab.txt gives the ids of its own tokenizer.json', async () => {
    const folder = join(data ?? '', 'tokenizers/all-MiniLM-L6-v2');
    const own = await encodeAll(Tokenizer.fromString(readFileSync(join(folder, 'tokenizer.json'), 'utf8')));
    const made = await encodeAll(Tokenizer.fromString(makeTokenizer(folder, 'bert')));
    expect(made).toEqual(own);
    const known = own.flatMap(({ ids }) => ids).filter((id) => id > 999);
    expect(new Set(known).size).toBeGreaterThan(200);
  });

  it('GPT-2 from OpenAI’s files gives the ids of transformers', async () => {
    const tokenizer = Tokenizer.fromString(makeTokenizer(join(data ?? '', 'tokenizers/gpt2'), 'gpt2'));
    const got = await encodeAll(tokenizer, [
      ['Hello world', null],
      [' Hello world', null],
      ['done<|endoftext|>next', null],
      ["I don't know — naïve 我们 😀\n\n\ttabs   spaces", null],
    ]);
    expect(got.map(({ ids }) => ids)).toEqual([
      [15496, 995],
      [18435, 995],
      [28060, 50256, 19545],
      [40, 836, 470, 760, 851, 41492, 10545, 230, 239, 20015, 105, 30325, 222, 628, 197, 8658, 82, 220, 220, 9029],
    ]);
  });
});
