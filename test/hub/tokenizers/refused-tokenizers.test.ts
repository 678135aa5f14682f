import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { DropsweepError } from '../../../src/base/errors.ts';
import { makeTokenizer } from '../../../src/hub/tokenizers/make-tokenizer.ts';
import { fixtures, publish } from './published-folder.ts';

const lines = readFileSync(join(fixtures, 'vocab.txt'), 'utf8').trimEnd().split('\n');
const pieces = JSON.parse(readFileSync(join(fixtures, 'vocab.json'), 'utf8')) as Record<string, number>;
const merges = readFileSync(join(fixtures, 'merges.txt'), 'utf8');
const merge = merges.split('\n')[1] ?? '';
const deberta = readFileSync(join(fixtures, 'deberta.spm.model'));
const xlmRoberta = readFileSync(join(fixtures, 'xlm-roberta.spm.model'));

/** The error of a folder with these files, its message without the folder's name. */
function refusal(
  modelType: string,
  files: Readonly<Record<string, string>>,
  written: Readonly<Record<string, unknown>>,
) {
  const folder = publish(files, written);
  try {
    makeTokenizer(folder, modelType);
  } catch (error) {
    if (!(error instanceof DropsweepError)) throw error;
    expect(error.code).toBe('MODEL_UNSUPPORTED');
    expect(error.facts.fix).toContain('save_pretrained');
    expect(error.facts.expected).toBeTruthy();
    expect(error.facts.where).toContain(folder);
    return error.message.replaceAll(folder, '.');
  }
  throw new Error('nothing was refused');
}

/** The model with a message's field written again, behind: the last value counts. */
function withField(model: Uint8Array, message: 2 | 3, field: number, value: number): Uint8Array {
  const reader = new BinaryReader(model);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    writer.tag(number, type);
    if (number !== message) {
      writer.raw(reader.skip(type, number));
      continue;
    }
    const changed = new BinaryWriter().raw(reader.bytes()).tag(field, WireType.Varint).int32(value).finish();
    writer.bytes(changed);
  }
  return writer.finish();
}

/** The model without the messages of one number. */
function without(model: Uint8Array, message: number): Uint8Array {
  const reader = new BinaryReader(model);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const bytes = reader.skip(type, number);
    if (number !== message) writer.tag(number, type).raw(bytes);
  }
  return writer.finish();
}

function withPiece(model: Uint8Array, piece: string | Uint8Array, score = -1): Uint8Array {
  const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
  const added = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(bytes).tag(2, WireType.Bit32).float(score);
  return new BinaryWriter().raw(model).tag(1, WireType.LengthDelimited).bytes(added.finish()).finish();
}

type BadInput = readonly [
  what: string,
  modelType: string,
  files: Readonly<Record<string, string>>,
  written: Readonly<Record<string, unknown>>,
  says: readonly string[],
];

const wordPiece = { 'vocab.txt': 'vocab.txt' };
const byteLevel = { 'vocab.json': 'vocab.json', 'merges.txt': 'merges.txt' };
const spm = { 'spm.model': 'deberta.spm.model' };
const xlm = { 'sentencepiece.bpe.model': 'xlm-roberta.spm.model' };

const general: readonly BadInput[] = [
  [
    'a model type without a known tokenizer',
    'llama',
    { 'tokenizer.model': 'deberta.spm.model' },
    {},
    ['model_type llama'],
  ],
  ['a folder without the files', 'bert', {}, {}, ['./vocab.txt', 'no such file']],
  ['a set of files of which one is missing', 'gpt2', {}, { 'vocab.json': pieces }, ['vocab.json and merges.txt']],
  [
    'a tokenizer of another class',
    'bert',
    wordPiece,
    { 'tokenizer_config.json': { tokenizer_class: 'BertJapaneseTokenizer' } },
    ['./tokenizer_config.json tokenizer_class', 'BertJapaneseTokenizer'],
  ],
  [
    'a class that config.json alone names',
    'bert',
    wordPiece,
    { 'config.json': { tokenizer_class: 'BertJapaneseTokenizer' } },
    ['./config.json tokenizer_class', 'BertJapaneseTokenizer'],
  ],
  [
    'a tokenizer with code of its own',
    'bert',
    wordPiece,
    { 'tokenizer_config.json': { auto_map: { AutoTokenizer: ['own.Tokenizer', null] } } },
    ['./tokenizer_config.json auto_map'],
  ],
  [
    'options cut off',
    'bert',
    wordPiece,
    { 'tokenizer_config.json': '{"do_lower' },
    ['./tokenizer_config.json', 'whole'],
  ],
  [
    'an option of another type',
    'bert',
    wordPiece,
    { 'tokenizer_config.json': { do_lower_case: 'no' } },
    ['./tokenizer_config.json do_lower_case', 'got: no'],
  ],
  [
    'an added token whose id does not follow from the vocabulary',
    'bert',
    wordPiece,
    { 'added_tokens.json': { NEW: 500 } },
    ['"NEW" with id 500', 'id 420'],
  ],
  [
    'a listed token without all of its fields',
    'bert',
    wordPiece,
    { 'tokenizer_config.json': { added_tokens_decoder: { 0: { content: '[PAD]' } } } },
    ['added_tokens_decoder.0.'],
  ],
  [
    'an additional special token that has a role too, beside added tokens',
    'bert',
    wordPiece,
    {
      'added_tokens.json': { NEW: 420 },
      'special_tokens_map.json': { mask_token: '[MASK]', additional_special_tokens: ['[MASK]'] },
    },
    ['got: [MASK]', 'without a role'],
  ],
];

const vocabularies: readonly BadInput[] = [
  ['no [UNK]', 'bert', {}, { 'vocab.txt': lines.filter((line) => line !== '[UNK]').join('\n') }, ['got: [UNK]']],
  ['no [CLS]', 'bert', {}, { 'vocab.txt': lines.filter((line) => line !== '[CLS]').join('\n') }, ['got: [CLS]']],
  [
    'no separator by choice',
    'bert',
    wordPiece,
    { 'special_tokens_map.json': { sep_token: null } },
    ['got: none', 'sep_token'],
  ],
  ['a piece on two lines', 'bert', {}, { 'vocab.txt': [...lines, 'the'].join('\n') }, ['"the"', 'and 420']],
  [
    'an empty line',
    'bert',
    {},
    { 'vocab.txt': ['[PAD]', '', ...lines.slice(1)].join('\n') },
    ['empty piece with id 1'],
  ],
  ['an empty file', 'bert', {}, { 'vocab.txt': '' }, ['no pieces']],
  ['text that is not UTF-8', 'bert', {}, { 'vocab.txt': Uint8Array.of(91, 0xff, 0xfe) }, ['UTF-8']],
  ['ids with a hole', 'gpt2', byteLevel, { 'vocab.json': { ...pieces, '<mask>': 522 } }, ['id 522', '0 to 521']],
  ['an id twice', 'gpt2', byteLevel, { 'vocab.json': { ...pieces, '<mask>': 3 } }, ['id 3 for "<unk>" and "<mask>"']],
  ['an id that is no number', 'gpt2', byteLevel, { 'vocab.json': { ...pieces, '<mask>': '521' } }, ['id "521"']],
  ['a list for a vocabulary', 'gpt2', byteLevel, { 'vocab.json': Object.keys(pieces) }, ['ids by piece']],
  ['a vocabulary cut off', 'gpt2', byteLevel, { 'vocab.json': '{"a": 0, "b"' }, ['./vocab.json', 'JSON, whole']],
  [
    'merges cut off',
    'gpt2',
    byteLevel,
    { 'merges.txt': merges.slice(0, -2) },
    ['./merges.txt', 'a last line that ends'],
  ],
  [
    'merges without their version',
    'gpt2',
    byteLevel,
    { 'merges.txt': merges.split('\n').slice(1).join('\n') },
    ['./merges.txt', '#version'],
  ],
  [
    'a merge of an unknown piece',
    'gpt2',
    byteLevel,
    { 'merges.txt': `#version: 0.2\n${merge}\nzz q\n` },
    ['./merges.txt:3', 'zz q'],
  ],
  [
    'a merge of three',
    'gpt2',
    byteLevel,
    { 'merges.txt': `#version: 0.2\n${merge} h\n` },
    ['./merges.txt:2', `${merge} h`],
  ],
  [
    'a merge twice',
    'gpt2',
    byteLevel,
    { 'merges.txt': `#version: 0.2\n${merge}\n${merge}\n` },
    ['./merges.txt:3', 'once'],
  ],
  [
    'RoBERTa’s tokens missing',
    'roberta',
    byteLevel,
    { 'special_tokens_map.json': { cls_token: '[CLS]' } },
    ['got: [CLS]', 'cls_token'],
  ],
];

const models: readonly BadInput[] = [
  ['a BPE model of SentencePiece', 'deberta-v2', { 'spm.model': 'pair-merging.spm.model' }, {}, ['BPE', 'UNIGRAM']],
  ['a model cut off in a piece', 'deberta-v2', {}, { 'spm.model': deberta.subarray(0, 100) }, ['./spm.model', 'whole']],
  ['a model cut off in its character map', 'deberta-v2', {}, { 'spm.model': deberta.subarray(0, -9) }, ['whole']],
  [
    'a model without its trainer',
    'deberta-v2',
    {},
    { 'spm.model': without(deberta, 2) },
    ['no specification', 'whole'],
  ],
  ['a model without its normaliser', 'deberta-v2', {}, { 'spm.model': without(deberta, 3) }, ['no specification']],
  ['a piece that is not UTF-8', 'deberta-v2', {}, { 'spm.model': withPiece(deberta, Uint8Array.of(0xff)) }, ['whole']],
  ['an empty model', 'deberta-v2', {}, { 'spm.model': '' }, ['no specification']],
  [
    'a pointer to a large file',
    'deberta-v2',
    {},
    { 'spm.model': 'version https://git-lfs.github.com/spec/v1\n' },
    ['whole'],
  ],
  ['a piece twice', 'deberta-v2', {}, { 'spm.model': withPiece(deberta, '[CLS]') }, ['"[CLS]" with ids 1 and 310']],
  [
    'a score that is no number',
    'deberta-v2',
    {},
    { 'spm.model': withPiece(deberta, 'q', Number.NaN) },
    ['NaN of piece 310'],
  ],
  ['an unknown id elsewhere', 'deberta-v2', {}, { 'spm.model': withField(deberta, 2, 40, 2) }, ['unk_id 2 of 310']],
  ['no space in front', 'deberta-v2', {}, { 'spm.model': withField(deberta, 3, 3, 0) }, ['add_dummy_prefix false']],
  ['spaces kept', 'deberta-v2', {}, { 'spm.model': withField(deberta, 3, 4, 0) }, ['remove_extra_whitespaces false']],
  ['spaces as they are', 'deberta-v2', {}, { 'spm.model': withField(deberta, 3, 5, 0) }, ['escape_whitespaces false']],
  ['spaces behind', 'deberta-v2', {}, { 'spm.model': withField(deberta, 2, 24, 1) }, ['treat_whitespace_as_suffix']],
  ['XLM-RoBERTa’s pieces for DeBERTa', 'deberta-v2', {}, { 'spm.model': xlmRoberta }, ['unk_token']],
  [
    'DeBERTa’s pieces for XLM-RoBERTa',
    'xlm-roberta',
    {},
    { 'sentencepiece.bpe.model': deberta },
    ['<unk>, <s>, </s> as the first pieces'],
  ],
  [
    'a mask of another name',
    'xlm-roberta',
    xlm,
    { 'special_tokens_map.json': { mask_token: '[M]' } },
    ['mask_token [M]'],
  ],
  ['DeBERTa without a mask', 'deberta-v2', spm, { 'tokenizer_config.json': { mask_token: null } }, ['mask_token null']],
];

describe('a published tokenizer is refused, not nearly made, for', () => {
  it.each([...general, ...vocabularies, ...models])('%s', (_, modelType, files, written, says) => {
    const message = refusal(modelType, files, written);
    for (const part of says) expect(message).toContain(part);
  });

  it('no change at all: the ways of changing files leave them as they are', () => {
    expect(Buffer.from(without(deberta, 99)).equals(deberta)).toBe(true);
    const same = publish({}, { 'spm.model': withField(deberta, 3, 3, 1) });
    expect(makeTokenizer(same, 'deberta-v2')).toBe(makeTokenizer(publish(spm), 'deberta-v2'));
    const lineEnds = publish({}, { 'vocab.txt': lines.join('\r\n') });
    expect(makeTokenizer(lineEnds, 'bert')).toBe(makeTokenizer(publish(wordPiece), 'bert'));
  });
});
