import type { Encoding } from 'tokenizers';
import type { EncodedInput, EncodedRows } from '../../data/encoded-rows.ts';
import { dataInvalid } from '../../data/raw-row.ts';
import { tokenise } from '../../data/tokenise.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import type { EncodeRequest } from '../task.ts';
import { type AnswerRow, codePointCount, codePoints, thawAnswers } from './answer-row.ts';

/** Tokens of a question at most, where max_length allows as many. */
const usualQuestion = 64;

/**
 * Windows of each context behind its question, as many as it takes, each beginning `stride` tokens before the last one
 * ended, as transformers' run_qa makes them. Labels of a window are the first answer's first and last token, or the first
 * token of all, where the window does not hold it whole or there is none.
 */
export async function encode(frozen: readonly FrozenRow[], request: EncodeRequest): Promise<EncodedRows> {
  const rows = frozen.map(thawAnswers);
  const { tokenizer, maxLength } = request;
  const { stride, questionTokens } = windowSizes(request);
  const specials = (await tokenise(tokenizer, [{ text: '', text_pair: '' }], {}, (one) => one.getLength()))[0] ?? 0;
  const questions = await tokenise(
    tokenizer,
    rows.map(({ question }) => ({ text: question.trim() })),
    { specialTokens: false },
    (encoding, row) => cutQuestion(encoding, rows[row]?.question.trim() ?? '', questionTokens),
  );
  for (const [row, { tokens }] of questions.entries()) {
    const room = maxLength - specials - tokens;
    if (room <= stride) throw noRoom(rows[row]?.id ?? '', { room, stride, maxLength });
  }
  const texts = rows.map(({ context }, row) => ({ text: questions[row]?.text ?? '', text_pair: context }));
  const cut = { maxLength, strategy: 'OnlySecond', stride } as const;
  const inputs = await tokenise(tokenizer, texts, cut, (first, row) =>
    [first, ...first.getOverflowing()].map((window) => inputOf(window, rows[row], row)),
  );
  return { rows: frozen, inputs: inputs.flat() };
}

/** A third of the tokens overlap, and a question takes half of them at most, where the file says nothing else. */
function windowSizes({ shape: { settings = {} }, maxLength }: EncodeRequest): { stride: number; questionTokens: number } {
  const { stride, max_question_tokens: most } = settings;
  return {
    stride: typeof stride === 'number' ? stride : Math.floor(maxLength / 3),
    questionTokens: typeof most === 'number' ? most : Math.min(usualQuestion, Math.floor(maxLength / 2) - 4),
  };
}

function cutQuestion(encoding: Encoding, text: string, most: number): { text: string; tokens: number } {
  const tokens = encoding.getLength();
  if (tokens <= most) return { text, tokens };
  const end = encoding.getOffsets()[most - 1]?.[1] ?? 0;
  return { text: codePoints(text, 0, end), tokens: most };
}

function noRoom(id: string, sizes: { room: number; stride: number; maxLength: number }): Error {
  return dataInvalid(`question ${id}`, 'its windows leave no room for the context', {
    got: `${sizes.room} tokens of ${sizes.maxLength}, of which ${sizes.stride} overlap`,
    expected: 'more tokens than overlap',
    fix: 'raise training.max_length, or lower task.stride or task.max_question_tokens',
  });
}

function inputOf(window: Encoding, row: AnswerRow | undefined, number: number): EncodedInput {
  const spans = contextSpans(window);
  return {
    ids: window.getIds(),
    typeIds: window.getTypeIds(),
    labels: labelsOf(spans, row),
    row: number,
    spans,
  };
}

/** Start and end of each token in the context, in code points; −1 for what is none of it. */
function contextSpans(window: Encoding): Int32Array {
  const sequences = window.getSequenceIds();
  const spans = new Int32Array(2 * sequences.length).fill(-1);
  for (const [token, offsets] of window.getOffsets().entries()) {
    if (sequences[token] === 1) spans.set(offsets, 2 * token);
  }
  return spans;
}

function labelsOf(spans: Int32Array, row: AnswerRow | undefined): readonly [number, number] {
  const [answer] = row?.answers ?? [];
  if (answer === undefined) return [0, 0];
  const { start } = answer;
  const end = start + codePointCount(answer.text);
  const tokens = Array.from({ length: spans.length / 2 }, (_, token) => token).filter((token) => (spans[2 * token] ?? -1) >= 0);
  const [first, last] = [tokens[0], tokens.at(-1)];
  if (first === undefined || last === undefined) return [0, 0];
  if ((spans[2 * first] ?? 0) > start || (spans[2 * last + 1] ?? 0) < end) return [0, 0];
  const from = tokens.findLast((token) => (spans[2 * token] ?? 0) <= start);
  const to = tokens.find((token) => (spans[2 * token + 1] ?? 0) >= end);
  return from === undefined || to === undefined ? [0, 0] : [from, to];
}
