import { dataInvalid, type RawDataset, type RawRow } from '../../data/raw-row.ts';
import type { TaskDefinition } from '../../sweep/sweep-definition.ts';
import type { FrozenRow, TaskShape } from '../../sweep/vocabulary.ts';
import type { TaskRows } from '../task.ts';
import { answered, asked } from './prompt.ts';
import { firstAnswer, letterOf, type Question, readQuestion } from './read-question.ts';
import { readMmlu } from './read-mmlu.ts';

const usualShots = 5;

export const rows: TaskRows = {
  readers: { mmlu: readMmlu },
  shape,
  freeze,
  content: (row) => asked(thawQuestion(row)),
  characters(row) {
    const { shots, ...question } = thawQuestion(row);
    return [...shots, asked(question)].reduce((sum, text) => sum + text.length, 0);
  },
  unlabelled: {
    lack: ['answer'],
    // The first of the choices stands for one that is not known.
    complete: (row) => ({ ...row, cells: { ...row.cells, answer: firstAnswer(row) } }),
  },
  labels: (row) => [thawQuestion(row).answer],
  // MMLU's own have some: as there, the answer is a letter.
  oddities(rows) {
    const same = rows.filter((row) => {
      const { choices } = thawQuestion(row);
      return new Set(choices.map((choice) => choice.trim())).size < choices.length;
    }).length;
    if (same === 0) return [];
    return [`${same} of ${rows.length} questions have equal choices; the letter of the answer alone counts as right`];
  },
};

/** A question with the examples that stand before it, as they are written. */
export interface FrozenQuestion extends Question {
  readonly shots: readonly string[];
}

/** @throws Error where another task froze the row */
export function thawQuestion({ question, choices, answer, subject, shots }: FrozenRow): FrozenQuestion {
  if (typeof question !== 'string' || !Array.isArray(choices) || typeof answer !== 'number')
    throw new Error('the row was frozen by another task');
  return {
    question,
    choices: choices.map(String),
    answer,
    subject: typeof subject === 'string' ? subject : null,
    shots: Array.isArray(shots) ? shots.map(String) : [],
  };
}

/** Letters as many as any question has choices. */
function shape({ settings }: TaskDefinition, raw: RawDataset): Omit<TaskShape, 'kind'> {
  const all = [...raw.train, ...raw.dev, ...(raw.test ?? [])];
  const most = all.reduce((count, row) => Math.max(count, readQuestion(row).choices.length), 2);
  return {
    label_names: Array.from({ length: most }, (_, choice) => letterOf(choice)),
    settings: { shots: shotsOf(settings?.['shots'], raw) },
  };
}

function shotsOf(asked: unknown, { examples }: RawDataset): number {
  const shots = typeof asked === 'number' ? asked : examples === undefined ? 0 : usualShots;
  if (shots === 0 || examples !== undefined) return shots;
  throw dataInvalid('task.shots', 'no examples are named that could stand before questions', {
    got: `shots: ${shots}`,
    expected: 'a place of examples in data.examples',
    fix: 'name it, such as ./mmlu/dev/*.csv, or take shots out',
  });
}

/** A row with the first examples of its subject. */
function freeze(row: RawRow, { settings = {} }: TaskShape, raw: RawDataset): FrozenRow {
  const count = Number(settings['shots'] ?? 0);
  const { subject, ...question } = readQuestion(row);
  const about = subject === null ? {} : { subject };
  // Rows that are predicted alone come without examples.
  if (count === 0 || raw.examples === undefined) return { ...question, ...about };
  const examples = examplesOf(raw).get(subject) ?? [];
  if (examples.length < count) throw tooFewExamples(row, subject, { count, there: examples.length });
  return { ...question, ...about, shots: examples.slice(0, count).map(answered) };
}

const readExamples = new WeakMap<RawDataset, ReadonlyMap<string | null, readonly Question[]>>();

/** By their subjects. */
function examplesOf(raw: RawDataset): ReadonlyMap<string | null, readonly Question[]> {
  const known = readExamples.get(raw);
  if (known !== undefined) return known;
  const bySubject = new Map<string | null, Question[]>();
  for (const example of raw.examples ?? []) {
    const question = readQuestion(example);
    const others = bySubject.get(question.subject);
    if (others === undefined) bySubject.set(question.subject, [question]);
    else others.push(question);
  }
  readExamples.set(raw, bySubject);
  return bySubject;
}

function tooFewExamples({ where }: RawRow, subject: string | null, { count, there }: { count: number; there: number }) {
  return dataInvalid(where, `there are too few examples${subject === null ? '' : ` of ${subject}`}`, {
    got: `${there} in data.examples`,
    expected: `${count}, as many as task.shots asks for`,
    fix: 'lower task.shots, or name more examples',
  });
}
