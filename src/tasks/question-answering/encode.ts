import { formatCount } from '../../base/format-count.ts';
import type { EncodedInput, EncodedRows } from '../../data/encoded-rows.ts';
import { dataInvalid } from '../../data/raw-row.ts';
import { framed, sequenceFrame, windowStarts } from '../../data/tokens/token-windows.ts';
import { tokenise } from '../../data/tokens/tokenise.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import type { EncodeRequest } from '../task.ts';
import { codePointCount } from '../../data/tokens/code-points.ts';
import { type AnswerRow, thawAnswers } from './answer-row.ts';

/** Tokens of a question at most, where max_length allows as many. */
const usualQuestion = 64;

/**
 * Windows of each context behind its question, as many as it takes, each with `stride` tokens of the one before it, as
 * transformers' run_qa makes them. Labels of a window are the first answer's first and last token, or the first token of
 * all, where the window does not hold it whole or there is none.
 */
export async function encode(frozen: readonly FrozenRow[], request: EncodeRequest): Promise<EncodedRows> {
  const rows = frozen.map(thawAnswers);
  const { tokenizer, maxLength, placeOf = (row: number) => `row ${row + 1}` } = request;
  const { stride, questionTokens } = windowSizes(request);
  const frame = await sequenceFrame(tokenizer, 2);
  const questions = await tokensOf(
    request,
    rows.map(({ question }) => question.trim()),
  );
  const contexts = await tokensOf(
    request,
    rows.map(({ context }) => context),
  );
  let cut = 0;
  const inputs = rows.flatMap((row, number) => {
    const whole = demandTokens(questions, row.question.trim()).ids;
    const question = whole.slice(0, questionTokens);
    if (question.length === 0 && whole.length > 0) throw noRoom(placeOf(number), { room: 0, stride, maxLength });
    if (question.length < whole.length) cut += 1;
    const context = demandTokens(contexts, row.context);
    const room = maxLength - frame.size - question.length;
    if (room <= stride) throw noRoom(placeOf(number), { room, stride, maxLength });
    return windowStarts(context.ids.length, room, stride).map((start): EncodedInput => {
      const end = Math.min(start + room, context.ids.length);
      const { ids, typeIds, starts } = framed(frame, [question, context.ids.slice(start, end)]);
      const spans = new Int32Array(2 * ids.length).fill(-1);
      spans.set(context.spans.subarray(2 * start, 2 * end), 2 * (starts[1] ?? 0));
      return { ids, typeIds, labels: labelsOf(spans, row), row: number, spans };
    });
  });
  return { rows: frozen, inputs, cut: { questions: cut, question_tokens: questionTokens } };
}

/** A third of the tokens are had again, and a question takes half of them at most, where the file says nothing else. */
function windowSizes({ shape: { settings = {} }, maxLength }: EncodeRequest): {
  stride: number;
  questionTokens: number;
} {
  const { stride, max_question_tokens: most } = settings;
  return {
    stride: typeof stride === 'number' ? stride : Math.floor(maxLength / 3),
    questionTokens:
      typeof most === 'number' ? most : Math.max(0, Math.min(usualQuestion, Math.floor(maxLength / 2) - 4)),
  };
}

interface TextTokens {
  readonly ids: readonly number[];
  /** Start and end of each token in the text, in code points. */
  readonly spans: Int32Array;
}

/** Tokens of each text, special ones left out; a context is asked about several times and tokenised once. */
async function tokensOf(
  { tokenizer, tokenised: told }: EncodeRequest,
  texts: readonly string[],
): Promise<ReadonlyMap<string, TextTokens>> {
  const distinct = [...new Set(texts)];
  const asked = distinct.map((text) => ({ text }));
  const found = await tokenise(tokenizer, asked, { specialTokens: false, told }, (encoding, index) => {
    const spans = Int32Array.from(encoding.getOffsets().flat());
    return [distinct[index] ?? '', { ids: encoding.getIds(), spans }] as const;
  });
  return new Map(found);
}

function demandTokens(tokens: ReadonlyMap<string, TextTokens>, text: string): TextTokens {
  const found = tokens.get(text);
  if (found === undefined) throw new Error('a text was not tokenised');
  return found;
}

function noRoom(where: string, sizes: { room: number; stride: number; maxLength: number }): Error {
  return dataInvalid(where, 'windows leave no room for the question and its context', {
    got: `${formatCount(sizes.room, 'token')} of a context in each window of ${sizes.maxLength}, of which ${sizes.stride} (task.stride) are of the one before it`,
    expected: `more than ${formatCount(sizes.stride, 'token')} of the context`,
    fix: 'raise training.max_length, or lower task.stride or task.max_question_tokens',
  });
}

function labelsOf(spans: Int32Array, { answers }: AnswerRow): readonly [number, number] {
  const [answer] = answers;
  if (answer === undefined) return [0, 0];
  const { start } = answer;
  const end = start + codePointCount(answer.text);
  const startOf = (token: number) => spans[2 * token] ?? -1;
  const endOf = (token: number) => spans[2 * token + 1] ?? -1;
  const tokens = Array.from({ length: spans.length / 2 }, (_, token) => token).filter((token) => startOf(token) >= 0);
  const [first, last] = [tokens[0], tokens.at(-1)];
  if (first === undefined || last === undefined || startOf(first) > start || endOf(last) < end) return [0, 0];
  const from = tokens.findLast((token) => startOf(token) <= start);
  const to = tokens.find((token) => endOf(token) >= end);
  return from === undefined || to === undefined ? [0, 0] : [from, to];
}
