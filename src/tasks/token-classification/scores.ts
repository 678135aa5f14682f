import { inputWeights } from '../../data/encoded-rows.ts';
import { predictedClasses } from '../../evaluate/predicted-classes.ts';
import { negativeLogLikelihoods, softmax } from '../../evaluate/softmax.ts';
import { tagScores } from '../../metrics/entity-f1.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import type { Aggregate, EvaluatedRows, TaskScores } from '../task.ts';
import { taggedTokens } from './encode.ts';

/**
 * Each token's logits are averaged, or its probabilities; the negative log-likelihood of the tags, the mean over all words,
 * is convex in either. Outputs are [tokens, tags] for each input.
 */
export const scores: TaskScores = {
  averaged({ values, offsets }, aggregate, { label_names: names }) {
    return aggregate === 'logits' ? { values, offsets } : { values: softmax(values, names.length), offsets };
  },
  memberLoss: (outputs, evaluated) => meanLoss(outputs, evaluated, likelihoodLosses),
  loss: (mean, evaluated, aggregate) =>
    meanLoss(mean, evaluated, aggregate === 'logits' ? likelihoodLosses : probabilityLosses),
  lossWeights: ({ inputs, rows }) => inputWeights(inputs, rows.length, (input) => taggedTokens(input).length),
  score: (mean, evaluated) => tagScores.set({ sentences: tagsOf(mean, evaluated) }),
};

interface SentenceTags {
  /** Numbers of the words that these are of: those that the tokenizer makes something of. */
  readonly words: number[];
  readonly predicted: string[];
  readonly reference: string[];
}

/** The tags of each row's words, as averaged outputs give them and as they are. */
export function tagsOf(mean: OutputRows<Float64Array>, evaluated: EvaluatedRows): readonly SentenceTags[] {
  const names = evaluated.shape.label_names;
  const sentences = evaluated.rows.map((): SentenceTags => ({ words: [], predicted: [], reference: [] }));
  for (const { row, outputs, labels, words } of taggedOutputs(mean, evaluated)) {
    const sentence = sentences[row];
    const next = 1 + (sentence?.words.at(-1) ?? -1);
    sentence?.words.push(...(words ?? labels.map((_, word) => next + word)));
    sentence?.predicted.push(...predictedClasses(outputs, names.length).map((tag) => names[tag] ?? ''));
    sentence?.reference.push(...labels.map((tag) => names[tag] ?? ''));
  }
  return sentences;
}

/** How likely each predicted tag is, in the order of `tagsOf`. */
export function tagProbabilities(
  mean: OutputRows<Float64Array>,
  evaluated: EvaluatedRows,
  aggregate: Aggregate,
): readonly (readonly number[])[] {
  const count = evaluated.shape.label_names.length;
  const sentences = evaluated.rows.map((): number[] => []);
  for (const { row, outputs } of taggedOutputs(mean, evaluated)) {
    const probabilities = aggregate === 'logits' ? softmax(outputs, count) : outputs;
    const tags = predictedClasses(outputs, count);
    sentences[row]?.push(...tags.map((tag, word) => probabilities[word * count + tag] ?? 0));
  }
  return sentences;
}

interface TaggedOutputs {
  readonly row: number;
  /** [words, tags] */
  readonly outputs: Float64Array;
  readonly words: readonly number[] | undefined;
  readonly labels: readonly number[];
}

/** The outputs of each input's tagged tokens. */
function taggedOutputs(
  all: OutputRows<Float32Array | Float64Array>,
  { inputs, shape }: EvaluatedRows,
): TaggedOutputs[] {
  const count = shape.label_names.length;
  return inputs.map((input, number) => {
    const tokens = taggedTokens(input);
    const outputs = new Float64Array(tokens.length * count);
    for (const [word, token] of tokens.entries()) {
      const start = (all.offsets[number] ?? 0) + token * count;
      outputs.set(all.values.subarray(start, start + count), word * count);
    }
    return { row: input.row, words: input.words, outputs, labels: tokens.map((token) => input.labels[token] ?? 0) };
  });
}

type Losses = (outputs: Float64Array, classes: number, labels: readonly number[]) => Float64Array;

const likelihoodLosses: Losses = negativeLogLikelihoods;

const probabilityLosses: Losses = (probabilities, classes, labels) =>
  Float64Array.from(
    labels,
    (label, word) => -Math.log(Math.max(probabilities[word * classes + label] ?? 0, Number.MIN_VALUE)),
  );

function meanLoss(all: OutputRows<Float32Array | Float64Array>, evaluated: EvaluatedRows, lossesOf: Losses): number {
  let [sum, words] = [0, 0];
  for (const { outputs, labels } of taggedOutputs(all, evaluated)) {
    for (const loss of lossesOf(outputs, evaluated.shape.label_names.length, labels)) sum += loss;
    words += labels.length;
  }
  return sum / Math.max(1, words);
}
