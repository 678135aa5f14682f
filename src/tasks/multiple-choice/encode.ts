import { DropsweepError } from '../../base/errors.ts';
import type { EncodedInput, EncodedRows } from '../../data/encoded-rows.ts';
import { sharedTokens } from '../../data/alike-inputs.ts';
import { sequenceFrame } from '../../data/token-windows.ts';
import { tokenise } from '../../data/tokenise.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import type { EncodeRequest } from '../task.ts';
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
  const letters = letterTokens(request.shape);
  const space = spaceToken(request.shape);
  const before = (await sequenceFrame(tokenizer, 1)).specials[0]?.map(({ id }) => id) ?? [];
  const room = maxLength - before.length;
  const found = new Map<number, readonly number[]>();
  const beginnings = new Map<number, string>();
  const most = questions.reduce((count, { shots }) => Math.max(count, shots.length), 0);
  let waiting = questions.map((_, row) => row);
  let cut = 0;
  for (let shots = most; waiting.length > 0; shots -= 1) {
    const texts = waiting.map((row) => ({ text: `${promptOf(questions[row], shots)}${space === null ? ' A' : ''}` }));
    const tokens = await tokenise(tokenizer, texts, { specialTokens: false }, (encoding) => encoding.getIds());
    const tooLong: number[] = [];
    for (const [index, row] of waiting.entries()) {
      const given = tokens[index] ?? [];
      const ids = space === null ? withoutLetter(given, letters, row) : [...given, space];
      if (ids.length <= room) {
        found.set(row, ids);
        beginnings.set(row, beginningOf(questions[row], shots));
      } else if (shots > 0) tooLong.push(row);
      else {
        cut += 1;
        found.set(row, ids.slice(ids.length - room));
      }
    }
    waiting = tooLong;
  }
  const alone = questions.map(({ answer, choices }, row): EncodedInput => {
    const ids = Int32Array.from([...before, ...(found.get(row) ?? [])]);
    const count = choices.length;
    return { ids, typeIds: new Uint8Array(ids.length), labels: [answer, count], row, outputs: count };
  });
  return { rows: frozen, inputs: withAlike(alone, beginnings), cut: { rows: cut, emptied: 0 } };
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

function promptOf(question: FrozenQuestion | undefined, shots: number): string {
  if (question === undefined) throw new RangeError('a row has a question');
  return `${beginningOf(question, shots)}${asked(question)}`;
}

/** What stands before a question. */
function beginningOf(question: FrozenQuestion | undefined, shots: number): string {
  return question === undefined ? '' : `${introduction(question.subject)}${question.shots.slice(0, shots).join('')}`;
}

/** The letter is written and taken away again, so that the tokens before it are those that it follows. */
function withoutLetter(ids: readonly number[], [first]: readonly number[], row: number): readonly number[] {
  if (ids.at(-1) === first) return ids.slice(0, -1);
  throw new DropsweepError(
    'MODEL_UNSUPPORTED',
    'the tokenizer gives a letter another token than it was launched with',
    {
      where: `row ${row + 1}`,
      got: String(ids.at(-1)),
      expected: String(first),
      fix: 'use the files of the base that the sweep was launched with',
    },
  );
}
