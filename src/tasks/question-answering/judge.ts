import { type AnswerSet, answerF1, type JudgedAnswer } from '../../metrics/forms/answers.ts';
import { softmax } from '../../evaluate/softmax.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import type { EvaluatedRows } from '../task.ts';
import { codePoints } from '../../data/tokens/code-points.ts';
import { thawAnswers } from './answer-row.ts';
import { type AnswerSearch, findAnswers, type SpanCandidate } from './find-answers.ts';

interface Judging extends AnswerSearch {
  /** How much more the score of no answer may be than the best answer's before there is none; fitted: to the rows. */
  readonly threshold: number | 'fitted';
}

/** A question's best answer before anything is held against no answer. */
interface Candidate {
  readonly id: string;
  readonly text: string;
  readonly references: readonly string[];
  /** Score of no answer less that of the best one. */
  readonly nullMargin: number;
}

/**
 * An answer to each question, cut from its own context. Where some questions have none, one is left unanswered whose
 * null margin is above the threshold.
 * @param scores of each window's tokens, start and end
 */
export function judge(scores: OutputRows<Float64Array>, evaluated: EvaluatedRows): AnswerSet {
  const judging = judgingOf(evaluated);
  const unanswerable = evaluated.shape.settings?.['unanswerable'] === true;
  const candidates = bestAnswers(scores, evaluated, judging);
  const { threshold: wanted } = judging;
  const threshold = !unanswerable ? null : wanted === 'fitted' ? fitThreshold(candidates) : wanted;
  return {
    unanswerable,
    threshold,
    fitted: unanswerable && wanted === 'fitted',
    answers: candidates.map((candidate) => judged(candidate, threshold)),
  };
}

/** An answer that a question may have, of those that were found. */
export interface PossibleAnswer {
  /** Empty: there is no answer. */
  readonly text: string;
  /** Among those that were found. */
  readonly probability: number;
}

/**
 * The n best answers to each question, each text once, the likeliest first; with no answer among them where some questions
 * have none. Probabilities are the softmax of the scores, as transformers has them for its n best.
 */
export function possibleAnswers(
  scores: OutputRows<Float64Array>,
  evaluated: EvaluatedRows,
): readonly (readonly PossibleAnswer[])[] {
  const windows = windowsOf(evaluated);
  const search = judgingOf(evaluated);
  const unanswerable = evaluated.shape.settings?.['unanswerable'] === true;
  return evaluated.rows.map((frozen, row) => {
    const { context } = thawAnswers(frozen);
    const { candidates, nullScore } = findAnswers(evaluated.inputs, scores, windows[row] ?? [], search);
    const found = new Map<string, number>(unanswerable ? [['', nullScore]] : []);
    for (const candidate of candidates) {
      const text = cut(candidate, context);
      if (text !== '' && !found.has(text)) found.set(text, candidate.score);
    }
    const texts = [...found.keys()];
    const probabilities = softmax(Float64Array.from(found.values()), Math.max(1, texts.length));
    return texts
      .map((text, index) => ({ text, probability: probabilities[index] ?? 0 }))
      .sort((a, b) => b.probability - a.probability);
  });
}

function windowsOf({ rows, inputs }: EvaluatedRows): readonly (readonly number[])[] {
  const windows = rows.map((): number[] => []);
  for (const [number, { row }] of inputs.entries()) windows[row]?.push(number);
  return windows;
}

function judgingOf({ judging = {} }: EvaluatedRows): Judging {
  const { n_best: nBest, max_answer_tokens: maxAnswerTokens, null_threshold: threshold } = judging;
  return {
    nBest: typeof nBest === 'number' ? nBest : 20,
    maxAnswerTokens: typeof maxAnswerTokens === 'number' ? maxAnswerTokens : 30,
    threshold: threshold === 'fitted' || typeof threshold === 'number' ? threshold : 0,
  };
}

function bestAnswers(scores: OutputRows<Float64Array>, evaluated: EvaluatedRows, search: AnswerSearch): Candidate[] {
  const windows = windowsOf(evaluated);
  return evaluated.rows.map((frozen, row) => {
    const { id, context, answers } = thawAnswers(frozen);
    const { candidates, nullScore } = findAnswers(evaluated.inputs, scores, windows[row] ?? [], search);
    const best = firstWithText(candidates, context);
    return {
      id,
      text: best?.text ?? '',
      references: answers.map((answer) => answer.text),
      nullMargin: nullScore - (best?.score ?? Number.NEGATIVE_INFINITY),
    };
  });
}

/** The best of the candidates that say anything. */
function firstWithText(candidates: readonly SpanCandidate[], context: string) {
  for (const candidate of candidates) {
    const text = cut(candidate, context);
    if (text !== '') return { text, score: candidate.score };
  }
  return undefined;
}

/** The text of a span as it stands in the context; marks that combine with its last character belong to it. */
function cut({ window: { spans }, start, end }: SpanCandidate, context: string): string {
  const [from = 0, to = 0] = [spans?.[2 * start], spans?.[2 * end + 1]];
  const text = codePoints(context, from, to);
  const marks = /^\p{M}+/u.exec(codePoints(context, to, to + 8))?.[0] ?? '';
  return `${text}${marks}`.trim();
}

function judged({ id, text, references, nullMargin }: Candidate, threshold: number | null): JudgedAnswer {
  const prediction = threshold !== null && nullMargin > threshold ? '' : text;
  return { id, prediction, references, nullMargin: Number.isFinite(nullMargin) ? nullMargin : Number.MAX_VALUE };
}

/** The threshold that gives the questions the largest F1 in all; the smallest of equals, as the official scorer's. */
function fitThreshold(candidates: readonly Candidate[]): number {
  const sorted = candidates
    .map((candidate) => ({
      margin: candidate.nullMargin,
      gain: answerF1(candidate.text, candidate.references, true) - answerF1('', candidate.references, true),
    }))
    .filter(({ margin }) => Number.isFinite(margin))
    .sort((a, b) => a.margin - b.margin);
  let [gained, best] = [0, 0];
  let threshold = (sorted[0]?.margin ?? 0) - 1;
  for (const [index, { margin, gain }] of sorted.entries()) {
    gained += gain;
    // Questions of one margin fall on one side together.
    if (sorted[index + 1]?.margin === margin || gained <= best) continue;
    best = gained;
    threshold = margin;
  }
  return threshold;
}
