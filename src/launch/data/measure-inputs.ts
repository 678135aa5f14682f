import { formatCount } from '../../base/format-count.ts';
import { DropsweepError } from '../../base/errors.ts';
import { besideModel } from '../../base/model-place.ts';
import type { Progress } from '../../base/progress.ts';
import type { EncodedInput, EncodedRows } from '../../data/encoded-rows.ts';
import type { FrozenRows } from '../../data/frozen-rows.ts';
import { type ModelTokenizer, openTokenizer } from '../../data/tokens/open-tokenizer.ts';
import { sequenceFrame } from '../../data/tokens/token-windows.ts';
import { openEncoder } from '../../models/open-encoder.ts';
import type { FrozenRow, TaskShape } from '../../sweep/vocabulary.ts';
import type { LoadedDataset, LoadedSet } from '../../tasks/load-dataset.ts';
import { encodeFrozen } from '../../tasks/encode-frozen.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { EvaluatedInputs } from '../../train/segments/estimate-plan.ts';
import { largestSizes } from '../../train/segments/evaluation-batches.ts';
import { readModelLimits } from '../../train/engine/model-limits.ts';
import { rowPlaces } from './row-places.ts';
import { tokenising } from './tokenising.ts';

export interface MeasureOptions {
  readonly progress?: Progress | undefined;
  /** Where inputs are kept; absent: nowhere. */
  readonly inputsFolder?: string | undefined;
}

/** The hash that the rows of each split are frozen under. */
export type SplitHashes = Readonly<Partial<Record<'train' | 'dev' | 'test', string>>>;

/** The rows of a sweep as inputs of the base. */
export interface MeasuredInputs {
  /** How many inputs the train rows make at each max_length; empty where that is one for each. */
  readonly trainInputs: Readonly<Record<string, number>>;
  /** Mean tokens of a train and a dev input, and tokens of the longest train input, at the largest max_length. */
  readonly trainTokens: number;
  readonly devTokens: number;
  readonly longestRow: number;
  /** The part of them that evaluations take. */
  readonly evaluated: EvaluatedInputs;
  /** Whether any of them holds a token, by its id. */
  holds(token: number): boolean;
  /** Remarks on them for a launch. */
  readonly remarks: readonly string[];
}

interface Measured {
  readonly place: string;
  readonly shape: TaskShape;
  readonly tokenizer: ModelTokenizer;
  readonly limits: InputLimits;
  readonly options: MeasureOptions;
}

interface InputLimits {
  /** Rows of the table of words; null: not known, of an export. */
  readonly vocabulary: number | null;
  readonly tokens: number;
  readonly option: string;
}

/**
 * Tokenises every row as trainings will, and holds the inputs to what the model takes.
 * @param place the base's folder, or its ONNX file
 * @param maxLengths of the plan's configurations
 * @throws DropsweepError MODEL_UNSUPPORTED, DATA_INVALID: what model, tokenizer and rows together forbid, with the row
 */
export async function measureInputs(
  place: string,
  { task: shape, train, dev, test, places }: LoadedDataset,
  maxLengths: readonly number[],
  { hashes = {}, ...options }: MeasureOptions & { readonly hashes?: SplitHashes } = {},
): Promise<MeasuredInputs> {
  const tokenizer = openTokenizer(place);
  const measured = { place, shape, tokenizer, limits: await limitsOf(place), options };
  const lengths = [...new Set(maxLengths)].toSorted((a, b) => b - a);
  const [largest = 0] = lengths;
  const smallest = lengths.at(-1) ?? largest;
  await demandRoom(measured, [...train, ...dev, ...(test ?? [])], smallest);
  const splits = {
    train: { name: 'train', rows: train, places: places?.train, hash: hashes.train },
    dev: { name: 'dev', rows: dev, places: places?.dev, hash: hashes.dev },
    test: { name: 'test', rows: test ?? [], places: places?.test, hash: hashes.test },
  };
  const encoded = await encodeChecked(measured, splits.train, largest);
  const devEncoded = await encodeChecked(measured, splits.dev, largest);
  const [inputs, devInputs] = [encoded.inputs, devEncoded.inputs];
  const { inputs: testInputs } = await encodeChecked(measured, splits.test, largest);
  const trainInputs: Record<string, number> = {};
  if (taskOf(shape).hasWindows !== undefined) {
    for (const length of lengths) {
      const made = length === largest ? encoded : await encodeChecked(measured, splits.train, length);
      trainInputs[String(length)] = made.inputs.length;
      for (const held of length === largest ? [] : [splits.dev, splits.test])
        await encodeChecked(measured, held, length);
    }
  }
  return {
    trainInputs,
    trainTokens: meanLength(inputs),
    devTokens: meanLength(devInputs),
    longestRow: longestOf(inputs),
    evaluated: evaluatedInputs([inputs, devInputs, testInputs]),
    holds: (token) => [inputs, devInputs, testInputs].some((set) => set.some(({ ids }) => ids.includes(token))),
    remarks: [
      ...remarksOf(measured, largest, Math.max(longestOf(inputs), longestOf(devInputs))),
      ...cutRemarks(shape, 'train', encoded, largest),
      ...cutRemarks(shape, 'dev', devEncoded, largest),
    ],
  };
}

/** A further set's inputs, as a launch is told of them. */
export interface MeasuredSet {
  /** Mean tokens of an input. */
  readonly tokens: number;
  readonly evaluated: EvaluatedInputs;
  readonly remarks: readonly string[];
}

/** The same of one further set. */
export async function measureSet(
  place: string,
  { name, task: shape, rows, places, hash }: LoadedSet & { readonly name: string; readonly hash: string },
  maxLength: number,
  options: MeasureOptions = {},
): Promise<MeasuredSet> {
  const measured = { place, shape, tokenizer: openTokenizer(place), limits: await limitsOf(place), options };
  const encoded = await encodeChecked(measured, { name, rows, places, hash }, maxLength);
  return {
    tokens: meanLength(encoded.inputs),
    evaluated: evaluatedInputs([encoded.inputs]),
    remarks: cutRemarks(shape, name, encoded, maxLength),
  };
}

/**
 * Bytes of a trainer for rows as they are frozen: their text as it was kept, as it is read, in what is made of it, and
 * what the garbage collector leaves until later. MMLU's 42 million characters took 430 MB.
 */
export function textBytes({ characters }: Pick<FrozenRows, 'characters'>): number {
  return bytesOfCharacter * characters;
}

const bytesOfCharacter = 10;

/** A token takes an id of four bytes and a type of one; an input some objects. */
const bytesOfToken = 5;
const bytesOfInput = 512;

function evaluatedInputs(sets: readonly (readonly EncodedInput[])[]): EvaluatedInputs {
  const sizesOf = (sharing: boolean) => sets.flatMap((inputs) => largestSizes(inputs, sharing));
  const bytes = sets.flat().reduce((sum, { ids }) => sum + bytesOfToken * ids.length + bytesOfInput, 0);
  return { together: sizesOf(true), apart: sizesOf(false), bytes };
}

/** @throws MODEL_UNSUPPORTED where padding lies beyond the table of words */
async function limitsOf(place: string): Promise<InputLimits> {
  const { encoder } = openEncoder(place);
  const { padId, positions } = await readModelLimits(place);
  const vocabulary = encoder.vocabulary ?? null;
  if (vocabulary !== null && padId >= vocabulary) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'the token that pads rows is none of the model’s', {
      where: `${besideModel(place, 'config.json')}: pad_token_id`,
      got: String(padId),
      expected: `below ${vocabulary}, the rows of the table of words (vocab_size)`,
      fix: 'set pad_token_id to a token that the model has',
    });
  }
  const { tokenLimit } = encoder;
  return tokenLimit !== undefined && tokenLimit.tokens <= positions
    ? { vocabulary, ...tokenLimit }
    : { vocabulary, tokens: positions, option: 'max_position_embeddings' };
}

/** @throws MODEL_UNSUPPORTED where special tokens leave no room for the texts */
async function demandRoom(
  { tokenizer, shape }: Measured,
  rows: readonly FrozenRow[],
  maxLength: number,
): Promise<void> {
  const { rows: taskRows } = taskOf(shape);
  const sequences = rows.some((row) => taskRows.sequences?.(row) === 2) ? 2 : 1;
  const frame = await sequenceFrame(tokenizer.tokenizer, sequences);
  const least = frame.size + sequences;
  if (maxLength >= least) return;
  const texts = sequences === 2 ? 'a pair of texts' : 'a text';
  throw new DropsweepError('MODEL_UNSUPPORTED', 'max_length leaves no room for the texts', {
    where: 'training.max_length',
    got: `${maxLength}; the special tokens around ${texts} are ${frame.size}`,
    expected: `at least ${least}: the special tokens and one token of each text`,
    fix: 'raise max_length',
  });
}

interface MeasuredSplit {
  readonly name: string;
  readonly rows: readonly FrozenRow[];
  readonly places: readonly string[] | undefined;
  readonly hash: string | undefined;
}

async function encodeChecked(
  { shape, tokenizer, limits, options: { progress, inputsFolder: folder } }: Measured,
  { name, rows, places, hash }: MeasuredSplit,
  maxLength: number,
): Promise<EncodedRows> {
  const placeOf = rowPlaces(name, places);
  const request = {
    shape,
    ...tokenizer,
    maxLength,
    placeOf,
    tokenised: tokenising(progress, name),
    ...(name === 'train' ? { training: true as const } : {}),
  };
  const kept = hash === undefined || folder === undefined ? undefined : { folder, hash };
  const encoded = await encodeFrozen(rows, request, kept);
  const { inputs } = encoded;
  for (const { ids, row } of inputs) {
    if (ids.length > limits.tokens) throw tooLong(placeOf(row), ids.length, limits);
    const beyond = limits.vocabulary === null ? undefined : ids.find((id) => id >= (limits.vocabulary ?? 0));
    if (beyond === undefined) continue;
    throw new DropsweepError('MODEL_UNSUPPORTED', 'the tokenizer gives a token that the model does not have', {
      where: placeOf(row),
      got: `token ${beyond}, ${JSON.stringify(tokenizer.tokenizer.idToToken(beyond))}`,
      expected: `ids below ${limits.vocabulary}, the rows of the table of words (vocab_size)`,
      fix: 'use the tokenizer that the weights were saved with, or a model whose embeddings were made larger with it',
    });
  }
  return encoded;
}

/** @throws DATA_INVALID where nothing is left to be judged by */
function cutRemarks(shape: TaskShape, split: string, { rows, cut }: EncodedRows, maxLength: number): readonly string[] {
  return cut === undefined ? [] : (taskOf(shape).cutRemarks?.(cut, { split, rows: rows.length, maxLength }) ?? []);
}

function tooLong(where: string, tokens: number, { tokens: limit, option }: InputLimits): DropsweepError {
  return new DropsweepError('MODEL_UNSUPPORTED', 'a row is longer than the model takes', {
    where: `${where}; config.json: ${option}`,
    got: formatCount(tokens, 'token'),
    expected: `at most ${formatCount(limit, 'token')}`,
    fix: `set training.max_length to ${limit} or less`,
  });
}

function remarksOf({ limits }: Measured, maxLength: number, longest: number): readonly string[] {
  if (maxLength <= limits.tokens) return [];
  return [
    `max_length ${maxLength} is beyond the model's ${formatCount(limits.tokens, 'token')}; the longest row has ${longest}`,
  ];
}

function longestOf(inputs: readonly EncodedInput[]): number {
  return inputs.reduce((longest, { ids }) => Math.max(longest, ids.length), 1);
}

function meanLength(inputs: readonly EncodedInput[]): number {
  return inputs.reduce((sum, { ids }) => sum + ids.length, 0) / Math.max(1, inputs.length);
}
