import type { FrozenRow } from '../../sweep/vocabulary.ts';

/** A question about a text, with its answers; none where the text does not answer it. */
export interface AnswerRow {
  readonly id: string;
  readonly question: string;
  readonly context: string;
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly text: string;
  /** Where it begins in the context, in code points, as SQuAD and tokenizers count. */
  readonly start: number;
}

export function freezeAnswers({ id, question, context, answers }: AnswerRow): FrozenRow {
  return { id, question, context, answers: answers.map(({ text, start }) => ({ text, start })) };
}

/** @throws Error where another task froze the row */
export function thawAnswers(row: FrozenRow): AnswerRow {
  const { id, question, context, answers } = row;
  if (typeof id !== 'string' || typeof question !== 'string' || typeof context !== 'string' || !isList(answers)) {
    throw new Error('the row was frozen by another task');
  }
  return {
    id,
    question,
    context,
    answers: answers.map((answer) => {
      if (typeof answer !== 'object' || answer === null || isList(answer))
        throw new Error('an answer has text and start');
      const { text, start } = answer;
      if (typeof text !== 'string' || typeof start !== 'number') throw new Error('an answer has text and start');
      return { text, start };
    }),
  };
}

function isList<Item>(value: Item): value is Extract<Item, readonly unknown[]> {
  return Array.isArray(value);
}
