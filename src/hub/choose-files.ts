import { checkpointFile, checkpointIndexFile, singleWeightsFile, weightsIndexFile } from '../formats/weight-files.ts';
import { tokenizerSources } from './tokenizers/make-tokenizer.ts';

/** The files of a published model that the engine reads, or makes what it reads of. */
export interface ChosenFiles {
  /** tokenizer.json, or what it is made of; null: neither is there. */
  readonly tokenizer: readonly string[] | null;
  /** Further files that AutoTokenizer reads: an export is to open as the base does. */
  readonly companions: readonly string[];
  /** Safetensors or a PyTorch checkpoint, in one file or by the index of its shards; null: none of them is there. */
  readonly weights: string | null;
}

const tokenizerFile = 'tokenizer.json';

/** Files of a tokenizer that transformers' AutoTokenizer looks for beside tokenizer.json. */
export const tokenizerCompanions: readonly string[] = [
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'spm.model',
  'sentencepiece.bpe.model',
  'tokenizer.model',
  'chat_template.jinja',
  'chat_template.json',
];
const weightsByPreference = [singleWeightsFile, weightsIndexFile, checkpointFile, checkpointIndexFile] as const;

/**
 * @param listed names of the files that are there
 * @param modelType config.json's model_type
 */
export function chooseFiles(listed: ReadonlySet<string>, modelType: string): ChosenFiles {
  const source = tokenizerSources(modelType).find(({ required }) => required.every((name) => listed.has(name)));
  const parts =
    source === undefined ? null : [...source.required, ...source.optional.filter((name) => listed.has(name))];
  const tokenizer = listed.has(tokenizerFile) ? [tokenizerFile] : parts;
  return {
    tokenizer,
    companions: tokenizerCompanions.filter((name) => listed.has(name) && tokenizer?.includes(name) !== true),
    weights: weightsByPreference.find((name) => listed.has(name)) ?? null,
  };
}

/** The files that are asked for in place of those that are not there, in words. */
export function lackingFiles({ tokenizer, weights }: ChosenFiles): readonly string[] {
  return [
    ...(tokenizer === null ? [tokenizerFile] : []),
    ...(weights === null ? [`${singleWeightsFile} or ${checkpointFile}`] : []),
  ];
}

/** Whether the tokenizer has to be made. */
export function makesTokenizer({ tokenizer }: ChosenFiles): boolean {
  return tokenizer !== null && !tokenizer.includes(tokenizerFile);
}

/** Whether the file, or the files that an index names, are a PyTorch checkpoint's. */
export function isCheckpoint(weights: string | null): boolean {
  return weights === checkpointFile || weights === checkpointIndexFile;
}
