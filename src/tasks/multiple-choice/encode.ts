import { DropsweepError } from '../../base/errors.ts';
import type { EncodedInput, EncodedRows } from '../../data/encoded-rows.ts';
import { sequenceFrame } from '../../data/token-windows.ts';
import { tokenise } from '../../data/tokenise.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import type { EncodeRequest } from '../task.ts';
import { asked, introduction } from './prompt.ts';
import { type FrozenQuestion, thawQuestion } from './rows.ts';
import { letterTokens } from './settle.ts';

/**
 * One input for each question: introduction, examples, question and choices, up to where its letter is expected. What is
 * too long gives up its examples, the last first, as MMLU's own evaluation does; then its own beginning. Labels are the
 * right choice, and how many there are.
 */
export async function encode(frozen: readonly FrozenRow[], request: EncodeRequest): Promise<EncodedRows> {
  const { tokenizer, maxLength } = request;
  const questions = frozen.map(thawQuestion);
  const letters = letterTokens(request.shape);
  const before = (await sequenceFrame(tokenizer, 1)).specials[0]?.map(({ id }) => id) ?? [];
  const room = maxLength - before.length;
  const found = new Map<number, readonly number[]>();
  const most = questions.reduce((count, { shots }) => Math.max(count, shots.length), 0);
  let waiting = questions.map((_, row) => row);
  let cut = 0;
  for (let shots = most; waiting.length > 0; shots -= 1) {
    const texts = waiting.map((row) => ({ text: `${promptOf(questions[row], shots)} A` }));
    const tokens = await tokenise(tokenizer, texts, { specialTokens: false }, (encoding) => encoding.getIds());
    const tooLong: number[] = [];
    for (const [index, row] of waiting.entries()) {
      const ids = withoutLetter(tokens[index] ?? [], letters, row);
      if (ids.length <= room) found.set(row, ids);
      else if (shots > 0) tooLong.push(row);
      else {
        cut += 1;
        found.set(row, ids.slice(ids.length - room));
      }
    }
    waiting = tooLong;
  }
  const inputs = questions.map(({ answer, choices }, row): EncodedInput => {
    const ids = Int32Array.from([...before, ...(found.get(row) ?? [])]);
    const count = choices.length;
    return { ids, typeIds: new Uint8Array(ids.length), labels: [answer, count], row, outputs: count };
  });
  return { rows: frozen, inputs, cut: { rows: cut, emptied: 0 } };
}

function promptOf(question: FrozenQuestion | undefined, shots: number): string {
  if (question === undefined) throw new RangeError('a row has a question');
  return `${introduction(question.subject)}${question.shots.slice(0, shots).join('')}${asked(question)}`;
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
