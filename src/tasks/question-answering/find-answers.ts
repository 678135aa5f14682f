import type { EncodedInput } from '../../data/encoded-rows.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';

/** A stretch of tokens of some window as an answer. */
export interface SpanCandidate {
  readonly window: EncodedInput;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** The answers that the windows of one question give. */
export interface FoundAnswers {
  /** Best first; of equals that of the earlier window, start and end. */
  readonly candidates: readonly SpanCandidate[];
  /** Score of there being no answer: the least of the windows'. */
  readonly nullScore: number;
}

export interface AnswerSearch {
  /** Starts and ends that are tried in each window, and candidates that are kept. */
  readonly nBest: number;
  readonly maxAnswerTokens: number;
}

/**
 * The best spans over a question's windows, by the sum of their start's and end's scores; a window's first token stands
 * for no answer. As transformers' postprocess_qa_predictions.
 * @param scores [tokens, 2] of each input
 * @param windows numbers of the question's inputs
 */
export function findAnswers(
  inputs: readonly EncodedInput[],
  scores: OutputRows<Float64Array>,
  windows: readonly number[],
  search: AnswerSearch,
): FoundAnswers {
  let nullScore = Number.POSITIVE_INFINITY;
  const candidates: SpanCandidate[] = [];
  for (const number of windows) {
    const window = inputs[number];
    const own = scores.values.subarray(scores.offsets[number], scores.offsets[number + 1]);
    if (window === undefined) throw new RangeError(`no input ${number} among ${inputs.length}`);
    nullScore = Math.min(nullScore, (own[0] ?? 0) + (own[1] ?? 0));
    for (const span of spansOf(window, own, search)) keepBest(candidates, span, search.nBest, ({ score }) => score);
  }
  return { candidates, nullScore };
}

function* spansOf(
  window: EncodedInput,
  scores: Float64Array,
  { nBest, maxAnswerTokens }: AnswerSearch,
): Generator<SpanCandidate> {
  const { spans } = window;
  if (spans === undefined) throw new Error('the inputs were made without their places in the text');
  const inContext = (token: number) => (spans[2 * token] ?? -1) >= 0;
  const ends = largest(scores, 1, nBest).filter(inContext);
  for (const start of largest(scores, 0, nBest).filter(inContext)) {
    for (const end of ends) {
      if (end < start || end - start >= maxAnswerTokens) continue;
      yield { window, start, end, score: (scores[2 * start] ?? 0) + (scores[2 * end + 1] ?? 0) };
    }
  }
}

/** Tokens with the largest scores of a column, best first; the earlier of equals. */
function largest(scores: Float64Array, column: 0 | 1, count: number): number[] {
  const best: number[] = [];
  const scoreOf = (token: number) => scores[2 * token + column] ?? Number.NEGATIVE_INFINITY;
  for (let token = 0; token < scores.length / 2; token += 1) keepBest(best, token, count, scoreOf);
  return best;
}

/** Puts an item among the best, behind its equals, where it is one of the `count` best so far. */
function keepBest<Item>(best: Item[], item: Item, count: number, scoreOf: (item: Item) => number): void {
  const score = scoreOf(item);
  const isBetter = (at: number): boolean => {
    const other = best[at];
    return other !== undefined && scoreOf(other) < score;
  };
  if (best.length >= count && !isBetter(best.length - 1)) return;
  let at = best.length;
  while (at > 0 && isBetter(at - 1)) at -= 1;
  best.splice(at, 0, item);
  if (best.length > count) best.pop();
}
