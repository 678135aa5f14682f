import { formatCount } from '../../base/format-count.ts';
import { partOf } from '../../sweep/file/column-parts.ts';
import { dataInvalid, isBlank, type RawRow, readText } from '../../data/raw-row.ts';

/** A question as a source holds it, once its choices are known. */
export interface Question {
  readonly question: string;
  readonly choices: readonly string[];
  /** Which of the choices is right, from 0. */
  readonly answer: number;
  readonly subject: string | null;
}

/** As many choices as letters are asked for. */
const mostChoices = 26;

export function letterOf(choice: number): string {
  return String.fromCodePoint(65 + choice);
}

/**
 * Reads one row: choices as a list of texts, as texts and labels apart (the hub's ARC), as a list of both (ARC's own), in
 * columns of their own, or within the question; the answer as a label of theirs, a letter, or a number from 0.
 * @throws DATA_INVALID with the row's place
 */
export function readQuestion(row: RawRow): Question {
  const text = readText(row, 'question');
  const { question, choices, labels } = withChoices(row, text);
  const { subject } = row.cells;
  if (choices.length >= 2 && choices.length <= mostChoices) {
    const about = typeof subject === 'string' && subject.trim() !== '' ? subject.trim() : null;
    return { question, choices, answer: answerOf(row, labels, choices.length), subject: about };
  }
  throw dataInvalid(row.where, 'a question has no choices to choose from', {
    got: formatCount(choices.length, 'choice'),
    expected: `2 to ${mostChoices} of them, none of them blank`,
    fix: 'correct the row, or name the columns of the choices in task.data.choices',
  });
}

/** What a source would write as the answer if the first choice was it. */
export function firstAnswer(row: RawRow): string | number {
  return withChoices(row, readText(row, 'question')).labels?.[0] ?? 0;
}

interface Choices {
  readonly question: string;
  readonly choices: readonly string[];
  /** What the source calls each; null: nothing. */
  readonly labels: readonly string[] | null;
}

function withChoices(row: RawRow, question: string): Choices {
  const { cells } = row;
  const parts = Object.keys(cells).filter((name) => partOf(name, 'choices') !== null);
  if (parts.length > 0) return { question, choices: filled(row, parts), labels: null };
  const given = cells['choices'];
  if (Array.isArray(given)) return { question, ...ofList(row, given) };
  if (isLabelled(given) && Array.isArray(given.text) && Array.isArray(given.label)) {
    const choices = given.text.map(textOf(row));
    return { question, choices, labels: labelsFor(row, choices, given.label) };
  }
  if (given !== undefined && given !== null && given !== '') throw noChoices(row, given);
  return withinQuestion(question) ?? { question, choices: [], labels: null };
}

/** Columns of which the last may be empty: some questions have fewer choices. */
function filled(row: RawRow, parts: readonly string[]): readonly string[] {
  const last = parts.findLastIndex((name) => !isEmpty(row.cells[name]));
  return parts.slice(0, last + 1).map((name) => textOf(row)(row.cells[name]));
}

function isEmpty(cell: unknown): boolean {
  return cell === undefined || cell === null || cell === '';
}

function ofList(row: RawRow, list: readonly unknown[]): Omit<Choices, 'question'> {
  if (!list.every(isLabelled)) return { choices: list.map(textOf(row)), labels: null };
  const choices = list.map(({ text }) => textOf(row)(text));
  return {
    choices,
    labels: labelsFor(
      row,
      choices,
      list.map(({ label }) => label),
    ),
  };
}

/** A label for each choice, each its own: an answer is sought among them. @throws DATA_INVALID with the row's place */
function labelsFor(
  { where, columns }: RawRow,
  choices: readonly string[],
  given: readonly unknown[],
): readonly string[] {
  const labels = given.map(String);
  const repeated = labels.find((label, index) => labels.indexOf(label) < index);
  if (labels.length === choices.length && repeated === undefined) return labels;
  throw dataInvalid(where, `choices and their labels do not belong together in ${columns?.['choices'] ?? 'choices'}`, {
    got:
      repeated === undefined
        ? `${formatCount(choices.length, 'choice')} and ${formatCount(labels.length, 'label')}: ${labels.join(', ')}`
        : `${repeated} twice among ${labels.join(', ')}`,
    expected: 'one label for each choice, each another',
    fix: 'correct the row, or name the columns in task.data.choices',
  });
}

function isLabelled(value: unknown): value is { readonly text: unknown; readonly label: unknown } {
  return typeof value === 'object' && value !== null && 'text' in value && 'label' in value;
}

/** `Which is so? (A) this (B) that`, with letters or numbers in their order. */
function withinQuestion(text: string): Choices | null {
  const marks = [...text.matchAll(/\(([A-Z]|\d)\)\s*/g)];
  const first = marks[0]?.[1];
  if (first !== 'A' && first !== '1') return null;
  const inOrder = marks.every(([, label], index) => label === (first === 'A' ? letterOf(index) : String(index + 1)));
  if (!inOrder) return null;
  const choices = marks.map((mark, index) => text.slice(mark.index + mark[0].length, marks[index + 1]?.index).trim());
  if (choices.includes('')) return null;
  return {
    question: text.slice(0, marks[0]?.index).trim(),
    choices,
    labels: marks.map(([, label]) => label ?? ''),
  };
}

/** Numbers are choices too. */
function textOf(row: RawRow): (value: unknown) => string {
  return (value) => {
    if (Number.isFinite(value) || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
    if (typeof value === 'string' && !isBlank(value)) return value;
    throw noChoices(row, value);
  };
}

function noChoices({ where, columns }: RawRow, got: unknown): Error {
  return dataInvalid(where, `a choice cannot be read in ${columns?.['choices'] ?? 'choices'}`, {
    got: JSON.stringify(got)?.slice(0, 80) ?? 'nothing',
    expected: 'a list of texts, {text: [], label: []}, [{text, label}], or a column of each',
    fix: 'correct the row, or name the columns in task.data.choices',
  });
}

/** By what the source calls the choices; else by letters, or numbers from 0. */
function answerOf({ where, columns, cells }: RawRow, labels: readonly string[] | null, count: number): number {
  const given = cells['answer'];
  const text = typeof given === 'string' ? given.trim() : String(given);
  const letters = Array.from({ length: count }, (_, choice) => letterOf(choice));
  const known = labels ?? letters;
  const named = known.indexOf(text);
  if (named >= 0) return named;
  const number = labels === null && /^\d+$/.test(text) ? Number(text) : -1;
  if (number >= 0 && number < count) return number;
  throw dataInvalid(where, `an answer in ${columns?.['answer'] ?? 'answer'} is none of the choices`, {
    got: text === '' ? 'nothing' : text,
    expected: `one of ${known.join(', ')}${labels === null ? `, or 0 to ${count - 1}` : ''}`,
    fix: 'correct the row, or name another column in task.data.answer',
  });
}
