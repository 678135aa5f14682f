import { scoredForm } from './scored-set.ts';

/** Answers to questions, as texts. */
export interface AnswerSet {
  /** Whether some questions have no answer, as in SQuAD v2.0: its scorer's rules hold then, else v1.1's. */
  readonly unanswerable: boolean;
  /** Null margin above which a question was left unanswered; null: none was. */
  readonly threshold: number | null;
  /** Whether the threshold was fitted to these very rows. */
  readonly fitted: boolean;
  readonly answers: readonly JudgedAnswer[];
}

export interface JudgedAnswer {
  readonly id: string;
  /** Empty: no answer. */
  readonly prediction: string;
  /** Empty: the question has no answer. */
  readonly references: readonly string[];
  /** Score of no answer less that of the best answer. */
  readonly nullMargin: number;
}

export const answerScores = scoredForm<AnswerSet>('answers');

/** Python's string.punctuation. */
const punctuation = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g;
/** Between Python's word boundaries, which know all letters and numbers. */
const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** White space as Python's str.split takes it: Unicode's, and four separators of ASCII. */
const whiteSpace = new RegExp(String.raw`[\p{White_Space}\x1c-\x1f]+`, 'u');

/** Lower case without punctuation, articles and surplus white space, as both official scorers have it. */
export function normaliseAnswer(text: string): string {
  return wordsOf(text).join(' ');
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replaceAll(punctuation, '')
    .replaceAll(articles, ' ')
    .split(whiteSpace)
    .filter((word) => word !== '');
}

/** 1 where a prediction is one of the references, normalised. @param unanswerable by v2.0's rules, else v1.1's */
export function answerExact(prediction: string, references: readonly string[], unanswerable: boolean): number {
  const normalised = normaliseAnswer(prediction);
  return heldAgainst(references, unanswerable).some((reference) => normaliseAnswer(reference) === normalised) ? 1 : 0;
}

/** The largest F1 of words over the references. @param unanswerable by v2.0's rules, else v1.1's */
export function answerF1(prediction: string, references: readonly string[], unanswerable: boolean): number {
  const words = wordsOf(prediction);
  const scores = heldAgainst(references, unanswerable).map((reference) =>
    wordF1(words, wordsOf(reference), unanswerable),
  );
  return Math.max(0, ...scores);
}

/** v2.0 leaves out references of which nothing is left, and holds a question without any against the empty text. */
function heldAgainst(references: readonly string[], unanswerable: boolean): readonly string[] {
  if (!unanswerable) return references;
  const kept = references.filter((reference) => normaliseAnswer(reference) !== '');
  return kept.length === 0 ? [''] : kept;
}

function wordF1(prediction: readonly string[], reference: readonly string[], unanswerable: boolean): number {
  if (unanswerable && (prediction.length === 0 || reference.length === 0)) {
    return prediction.length === reference.length ? 1 : 0;
  }
  const left = new Map<string, number>();
  for (const word of reference) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of prediction) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    shared += 1;
  }
  if (shared === 0) return 0;
  const precision = shared / prediction.length;
  const recall = shared / reference.length;
  return (2 * precision * recall) / (precision + recall);
}

/** The mean over answers, of a set's own rules. */
export function meanOver(
  { answers, unanswerable }: Pick<AnswerSet, 'answers' | 'unanswerable'>,
  score: (prediction: string, references: readonly string[], unanswerable: boolean) => number,
): number | null {
  if (answers.length === 0) return null;
  const sum = answers.reduce(
    (total, { prediction, references }) => total + score(prediction, references, unanswerable),
    0,
  );
  return sum / answers.length;
}
