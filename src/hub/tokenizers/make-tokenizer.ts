import { join } from 'node:path';
import { byteLevelFiles, describeGpt2, describeRoberta } from './byte-level.ts';
import { describeDebertaV2 } from './deberta-v2.ts';
import { describeXlmRoberta } from './xlm-roberta.ts';
import { isPublished, unsupportedTokenizer } from './published-files.ts';
import { optionFiles, type PublishedOptions, readOptions } from './published-options.ts';
import { type TokenizerDescription, writeDescription } from './tokenizer-description.ts';
import { describeWordPiece } from './word-piece.ts';

/** Files that a tokenizer.json can be made of. */
export interface TokenizerSource {
  readonly required: readonly string[];
  /** Heard where they are there. config.json is, too. */
  readonly optional: readonly string[];
}

interface TokenizerKind {
  /** Each complete; the first that is there is taken. */
  readonly files: readonly (readonly string[])[];
  /** transformers' names for it, without `Fast`. */
  readonly classes: readonly string[];
  describe(folder: string, options: PublishedOptions): TokenizerDescription;
}

const wordPiece: TokenizerKind = {
  files: [['vocab.txt']],
  classes: ['BertTokenizer', 'DistilBertTokenizer', 'ElectraTokenizer'],
  describe: describeWordPiece,
};

/** By config.json's model_type. */
const kinds: ReadonlyMap<string, TokenizerKind> = new Map<string, TokenizerKind>([
  ['bert', wordPiece],
  ['distilbert', wordPiece],
  ['electra', wordPiece],
  ['gpt2', { files: byteLevelFiles, classes: ['GPT2Tokenizer'], describe: describeGpt2 }],
  ['roberta', { files: byteLevelFiles, classes: ['RobertaTokenizer'], describe: describeRoberta }],
  ['deberta-v2', { files: [['spm.model']], classes: ['DebertaV2Tokenizer'], describe: describeDebertaV2 }],
  [
    'xlm-roberta',
    { files: [['sentencepiece.bpe.model']], classes: ['XLMRobertaTokenizer'], describe: describeXlmRoberta },
  ],
]);

/** Sets of files that tokenizer.json can be made of; the first complete one is taken. None for other model types. */
export function tokenizerSources(modelType: string): readonly TokenizerSource[] {
  return (kinds.get(modelType)?.files ?? []).map((required) => ({ required, optional: optionFiles }));
}

/**
 * The text of a tokenizer.json that gives the ids which transformers' AutoTokenizer gives from the same files. Where
 * its releases differ (DeBERTa's and XLM-RoBERTa's normalisation), release 4 is followed: it keeps to the normalisation
 * in SentencePiece's model, which the published weights were trained with.
 * @param folder holds one of `tokenizerSources`; nothing else is read
 * @param modelType config.json's model_type
 * @throws MODEL_UNSUPPORTED naming the file, where the tokenizer would come out otherwise, or none is known
 */
export function makeTokenizer(folder: string, modelType: string): string {
  const kind = kinds.get(modelType);
  if (kind === undefined) {
    const expected = `tokenizer.json, or a model_type whose tokenizer is known: ${[...kinds.keys()].join(', ')}`;
    throw unsupportedTokenizer(folder, { got: `model_type ${modelType}`, expected });
  }
  if (!kind.files.some((names) => names.every((name) => isPublished(folder, name)))) {
    const expected = kind.files.map((names) => names.join(' and ')).join(', or ');
    throw unsupportedTokenizer(join(folder, kind.files[0]?.[0] ?? ''), { got: 'no such file', expected });
  }
  return writeDescription(kind.describe(folder, readOptions(folder, kind.classes)));
}
