import { DropsweepError } from '../../base/errors.ts';
import type { EncodedInput, EncodedRows } from '../../data/encoded-rows.ts';
import { sharedTokens } from '../../data/batches/alike-inputs.ts';
import { sequenceFrame } from '../../data/tokens/token-windows.ts';
import { tokenise } from '../../data/tokens/tokenise.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import type { EncodeRequest } from '../task.ts';
import { outlined } from '../text-rows.ts';
import { asked, introduction } from './prompt.ts';
import { type FrozenQuestion, thawQuestion } from './rows.ts';
import { letterTokens, spaceToken } from './settle.ts';

/**
 * One input for each question: introduction, examples, question and choices, up to where its letter is expected. What is
 * too long gives up its examples, the last first, as MMLU's own evaluation does; then its own beginning. Labels are the
 * right choice, and how many there are.
 */
export async function encode(frozen: readonly FrozenRow[], request: EncodeRequest): Promise<EncodedRows> {
  const { tokenizer, maxLength } = request;
  const questions = frozen.map(thawQuestion);
  const before = (await sequenceFrame(tokenizer, 1)).specials[0]?.map(({ id }) => id) ?? [];
  const room = maxLength - before.length;
  const shots = await shotsToTry(questions, request, room);
  const alone: EncodedInput[] = [];
  const beginnings = new Map<number, string>();
  const counts = { cut: 0, fewer: 0 };
  // In parts: what a tokenizer gives takes many times the memory of what is kept of it.
  for (let start = 0; start < questions.length; start += questionsAtOnce) {
    const part = questions.slice(start, start + questionsAtOnce).map((question, index) => ({
      question,
      row: start + index,
      shots: shots[start + index] ?? 0,
    }));
    for (const { question, row, shots: kept, ids, cut } of await fitted(part, request, room)) {
      if (cut) counts.cut += 1;
      else beginnings.set(row, beginningOf(question, kept));
      if (kept < question.shots.length) counts.fewer += 1;
      const whole = Int32Array.from([...before, ...ids]);
      const { answer, choices } = question;
      const labels = [answer, choices.length];
      alone.push({ ids: whole, typeIds: new Uint8Array(whole.length), labels, row, outputs: choices.length });
    }
    request.tokenised?.(start + part.length, questions.length);
  }
  return {
    rows: frozen,
    inputs: withAlike(alone, beginnings),
    cut: { rows: counts.cut, fewer_examples: counts.fewer },
  };
}

/** The inputs of encode without their tokens. */
export function outline(rows: readonly FrozenRow[]): EncodedRows {
  return outlined(rows, (row) => {
    const { answer, choices } = thawQuestion(row);
    return { labels: [answer, choices.length], outputs: choices.length };
  });
}

/** Few enough that their tokens take little memory at once, enough to keep the tokenizer's threads busy. */
const questionsAtOnce = 256;

/** What texts may have fewer of together than apart, in tokens: where they meet, some join. */
const joinedTokens = 32;

interface QuestionToFit {
  readonly question: FrozenQuestion;
  readonly row: number;
  /** Examples that it may have at most. */
  readonly shots: number;
}

interface FittedQuestion extends QuestionToFit {
  readonly ids: readonly number[];
  /** Whether it lost its own beginning. */
  readonly cut: boolean;
}

/** Each question's tokens with the most examples that fit, in their order. */
async function fitted(
  part: readonly QuestionToFit[],
  { tokenizer, shape, placeOf = (row) => `row ${row + 1}` }: EncodeRequest,
  room: number,
): Promise<readonly FittedQuestion[]> {
  const letters = letterTokens(shape);
  const space = spaceToken(shape);
  const found: FittedQuestion[] = [];
  let waiting = part;
  while (waiting.length > 0) {
    const texts = waiting.map((each) => ({
      text: `${beginningOf(each.question, each.shots)}${asked(each.question)}${space === null ? ' A' : ''}`,
    }));
    const tokens = await tokenise(tokenizer, texts, { specialTokens: false }, (encoding) => encoding.getIds());
    const tooLong: QuestionToFit[] = [];
    for (const [index, each] of waiting.entries()) {
      const given = tokens[index] ?? [];
      const ids = space === null ? withoutLetter(given, letters, placeOf(each.row)) : [...given, space];
      if (ids.length <= room) found.push({ ...each, ids, cut: false });
      else if (each.shots > 0) tooLong.push({ ...each, shots: each.shots - 1 });
      else found.push({ ...each, ids: ids.slice(ids.length - room), cut: true });
    }
    waiting = tooLong;
  }
  return found.toSorted((a, b) => a.row - b.row);
}

/**
 * How many examples of each question are tried first: those that do not fit by far are not tokenised with it, which
 * is most of the work where a model is short.
 */
async function shotsToTry(
  questions: readonly FrozenQuestion[],
  { tokenizer, tokenised: told }: EncodeRequest,
  room: number,
): Promise<readonly number[]> {
  const lengthsOf = (texts: readonly string[]) =>
    tokenise(
      tokenizer,
      texts.map((text) => ({ text })),
      { specialTokens: false, told },
      (encoding) => encoding.getIds().length,
    );
  const beginnings = [
    ...new Set(questions.flatMap((question) => question.shots.map((_, shots) => beginningOf(question, shots + 1)))),
  ];
  const lengths = await lengthsOf(beginnings);
  const tokensOf = new Map(beginnings.map((text, index) => [text, lengths[index] ?? 0]));
  const own = await lengthsOf(questions.map(asked));
  return questions.map((question, row) => {
    let shots = question.shots.length;
    const tokens = () => (tokensOf.get(beginningOf(question, shots)) ?? 0) + (own[row] ?? 0) - joinedTokens;
    while (shots > 0 && tokens() > room) shots -= 1;
    return shots;
  });
}

/** Fewer tokens are not worth a pass of their own. */
const worthSharing = 16;

/**
 * Questions with the same examples begin alike: how many tokens they share is seen in the tokens.
 * @param before what stands before each question, as text, but of those that lost their beginning
 */
function withAlike(inputs: readonly EncodedInput[], before: ReadonlyMap<number, string>): readonly EncodedInput[] {
  const groups = new Map<string, EncodedInput[]>();
  for (const input of inputs) {
    const text = before.get(input.row);
    if (text !== undefined) {
      const others = groups.get(text);
      if (others === undefined) groups.set(text, [input]);
      else others.push(input);
    }
  }
  const found = [...inputs];
  for (const [group, alike] of [...groups.values()].entries()) {
    const tokens = sharedTokens(alike.map(({ ids }) => ids));
    if (alike.length < 2 || tokens < worthSharing) continue;
    for (const input of alike) found[input.row] = { ...input, alike: { group, tokens } };
  }
  return found;
}

/** What stands before a question. */
function beginningOf({ subject, shots: all }: FrozenQuestion, shots: number): string {
  return `${introduction(subject)}${all.slice(0, shots).join('')}`;
}

/** The letter is written and taken away again, so that the tokens before it are those that it follows. */
function withoutLetter(ids: readonly number[], [first]: readonly number[], where: string): readonly number[] {
  if (ids.at(-1) === first) return ids.slice(0, -1);
  throw new DropsweepError(
    'MODEL_UNSUPPORTED',
    'the tokenizer gives a letter another token than it was launched with',
    {
      where,
      got: String(ids.at(-1)),
      expected: String(first),
      fix: 'use the files of the base that the sweep was launched with',
    },
  );
}
