import { dataInvalid, readText, type RawDataset, type RawRow } from '../../data/raw-row.ts';
import type { TaskDefinition } from '../../sweep/sweep-definition.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';
import type { TaskRows } from '../task.ts';
import { codePointCount, codePoints } from '../../data/tokens/code-points.ts';
import { type Answer, freezeAnswers, thawAnswers } from './answer-row.ts';
import { readSquad } from './read-squad.ts';

export const rows: TaskRows = {
  inWindows: true,
  readers: { squad: readSquad },
  shape,
  freeze: (row) => {
    const context = readText(row, 'context');
    const answers = readAnswers(row).map((answer) => placed(answer, context, row.where));
    return freezeAnswers({ id: readId(row), question: readText(row, 'question'), context, answers });
  },
  unlabelled: {
    lack: ['id', 'answers'],
    complete: (row, number) => ({ ...row, cells: { id: String(number), ...row.cells, answers: [] } }),
  },
  content: (row) => {
    const { question, context } = thawAnswers(row);
    return `${question} ⏎ ${context}`;
  },
  characters: (row) => {
    const { question, context } = thawAnswers(row);
    return question.length + context.length;
  },
};

/** Where no row lacks an answer, every question is answered. */
function shape({ settings = {} }: TaskDefinition, { train, dev, test }: RawDataset): Omit<TaskShape, 'kind'> {
  for (const split of [train, dev, test ?? []]) demandDistinct(split);
  const unanswerable = [train, dev, test ?? []].some((split) => split.some((row) => readAnswers(row).length === 0));
  return { label_names: [], settings: { ...settings, unanswerable } };
}

/** Answers are handed in by id: two questions of one would have one. */
function demandDistinct(split: readonly RawRow[]): void {
  const places = new Map<string, string>();
  for (const row of split) {
    const id = readId(row);
    const before = places.get(id);
    if (before !== undefined) {
      throw dataInvalid(row.where, 'two questions have one id', {
        got: id,
        expected: `another than at ${before}`,
        fix: 'give each question an id of its own',
      });
    }
    places.set(id, row.where);
  }
}

export function readId(row: RawRow): string {
  const { id } = row.cells;
  return typeof id === 'number' ? String(id) : readText(row, 'id');
}

interface GivenAnswer {
  readonly text: string;
  readonly start?: number;
}

/**
 * As SQuAD's files have them, a list of texts with their starts; or as its Parquet files, texts and starts apart; or one
 * text alone, which is sought.
 */
export function readAnswers({ cells, where }: RawRow): readonly GivenAnswer[] {
  const { answers } = cells;
  if (typeof answers === 'string') return answers === '' ? [] : [{ text: answers }];
  if (Array.isArray(answers)) return answers.map((answer: unknown) => readAnswer(answer, where));
  if (typeof answers === 'object' && answers !== null && 'text' in answers && Array.isArray(answers.text)) {
    const starts: readonly unknown[] =
      'answer_start' in answers && Array.isArray(answers.answer_start) ? answers.answer_start : [];
    return answers.text.map((text: unknown, index) => readAnswer({ text, answer_start: starts[index] }, where));
  }
  throw notAnswers(where, answers);
}

function readAnswer(answer: unknown, where: string): GivenAnswer {
  if (typeof answer === 'string') return { text: answer };
  if (typeof answer === 'object' && answer !== null && 'text' in answer && typeof answer.text === 'string') {
    const start = 'answer_start' in answer ? answer.answer_start : undefined;
    if (start === undefined) return { text: answer.text };
    if (typeof start === 'number' && Number.isInteger(start)) return { text: answer.text, start };
  }
  throw notAnswers(where, answer);
}

function notAnswers(where: string, got: unknown): Error {
  return dataInvalid(where, 'a question has no answers that can be read', {
    got: JSON.stringify(got)?.slice(0, 80) ?? 'nothing',
    expected: '[{text, answer_start}], {text: [], answer_start: []} or a text; [] where there is no answer',
    fix: 'correct the row, or name another column in task.data.answers',
  });
}

/** An answer at its code point; one whose start counts UTF-16 units is moved there. */
function placed({ text, start }: GivenAnswer, context: string, where: string): Answer {
  if (text === '') throw notAnswers(where, { text, answer_start: start });
  const length = codePointCount(text);
  const found = context.indexOf(text);
  const [counted, begins] = [start ?? -1, found >= 0 ? codePointCount(context.slice(0, found)) : null];
  if (start === undefined && begins !== null) return { text, start: begins };
  const there = counted < 0 ? '' : codePoints(context, counted, counted + length);
  if (there === text) return { text, start: counted };
  if (counted >= 0 && context.startsWith(text, counted))
    return { text, start: codePointCount(context.slice(0, counted)) };
  const end = codePointCount(context);
  throw dataInvalid(where, 'an answer is not in the context where it is said to be', {
    got: there || (counted < end ? 'nothing like it' : `nothing: the context ends at character ${end}`),
    expected: `${JSON.stringify(text)}${start === undefined ? '' : ` at character ${start}`}`,
    fix:
      begins === null
        ? 'correct the answer, or give the question no answers'
        : `it stands at character ${begins}; correct answer_start`,
  });
}
