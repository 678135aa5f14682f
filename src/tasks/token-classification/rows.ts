import { formatCount } from '../../base/format-count.ts';
import { dataInvalid, readLabel, type RawDataset, type RawRow } from '../../data/raw-row.ts';
import { entitiesOf } from '../../metrics/entity-f1.ts';
import type { TaskDefinition } from '../../sweep/sweep-definition.ts';
import type { FrozenRow, TaskShape } from '../../sweep/vocabulary.ts';
import { demandNumbersApart } from '../alike-names.ts';
import { labelIndex } from '../label-index.ts';
import { isNumeric, sortedNames } from '../sorted-names.ts';
import type { TaskRows } from '../task.ts';
import { readConll } from './read-conll.ts';

/** Outside of every entity: the first of the labels where they are not listed. */
const outside = 'O';

export const rows: TaskRows = {
  inWindows: true,
  readers: { conll: readConll },
  shape,
  freeze(row, { label_names: names }, raw) {
    const tokens = readWords(row, 'tokens');
    const source = { raw, names, read: readTags };
    const tags = readTags(row).map((tag) => labelIndex(tag, row, source, 'a word has an unknown tag'));
    if (tokens.length === 0) {
      const expected = 'at least one word';
      throw dataInvalid(row.where, 'a sentence has no words', { got: '[]', expected, fix: 'take the row out' });
    }
    if (tags.length === tokens.length) return { tokens, tags };
    throw dataInvalid(row.where, 'a sentence has another number of tags than words', {
      got: `${formatCount(tokens.length, 'word')}, ${formatCount(tags.length, 'tag')}`,
      expected: 'a tag for each word',
      fix: 'correct the row or take it out',
    });
  },
  unlabelled: {
    lack: ['tags'],
    complete: (row, _number, { label_names: [tag] }) => ({
      ...row,
      cells: { ...row.cells, tags: readWords(row, 'tokens').map(() => tag) },
    }),
  },
  content: (row) => thawTags(row).tokens.join(' '),
  labels: (row) => thawTags(row).tags,
  characters: (row) => thawTags(row).tokens.reduce((sum, word) => sum + word.length + 1, 0),
  oddities(sentences, { label_names: names }) {
    const begins = names.map((name) => entitiesOf([[name]]).size > 0);
    if (sentences.some((row) => thawTags(row).tags.some((tag) => begins[tag] === true))) return [];
    return ['no word has a tag that begins an entity, such as B-PER: entity_f1 is 0, whatever is predicted'];
  },
};

/** @throws Error where another task froze the row */
export function thawTags({ tokens, tags }: FrozenRow): { tokens: readonly string[]; tags: readonly number[] } {
  if (!Array.isArray(tokens) || !Array.isArray(tags)) throw new Error('the row was frozen by another task');
  return { tokens: tokens.map(String), tags: tags.map(Number) };
}

function shape({ labels }: TaskDefinition, raw: RawDataset): Omit<TaskShape, 'kind'> {
  const found = new Set(raw.train.flatMap(readTags));
  if (labels === undefined) {
    demandNumbersApart([...found], (tag) => raw.train.find((row) => readTags(row).includes(tag))?.where);
    demandNames(found, raw);
  }
  const names = labels ?? [...(found.delete(outside) ? [outside] : []), ...sortedNames(found)];
  if (names.length >= 2) return { label_names: names };
  throw dataInvalid(raw.train[0]?.where ?? 'task', 'the train rows hold fewer than two tags', {
    got: names.join(', '),
    expected: 'at least two tags, such as O and B-PER',
    fix: 'check task.data.tags',
  });
}

/** Numbers tell nothing of where an entity begins: what they stand for is in the data set's card, not in its rows. */
function demandNames(found: ReadonlySet<string>, raw: RawDataset): void {
  if (found.size === 0 || ![...found].every(isNumeric)) return;
  throw dataInvalid(raw.train[0]?.where ?? 'task', 'tags are numbers, and nothing says what they stand for', {
    got: sortedNames(found).slice(0, 12).join(', '),
    expected: 'tags such as O, B-PER and I-PER; or numbers, and the name of each in task.labels',
    fix: 'list the names in task.labels in the order of their numbers, such as [O, B-PER, I-PER]: the card of the data set has them',
  });
}

function readTags(row: RawRow): string[] {
  return readWords(row, 'tags').map((tag) => readLabel({ ...row, cells: { tags: tag } }, 'tags'));
}

/** A list of words, or of numbers that stand for them. */
function readWords({ cells, columns, where }: RawRow, column: string): string[] {
  const value = cells[column];
  const words: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  return words.map((word) => {
    if (typeof word === 'string' && word !== '') return word;
    if (typeof word === 'number' && Number.isFinite(word)) return String(word);
    throw dataInvalid(where, `a row has no list of words in ${columns?.[column] ?? column}`, {
      got: JSON.stringify(value)?.slice(0, 80) ?? 'nothing',
      expected: 'a list of texts that are not empty',
      fix: `correct the row, or name another column in task.data.${column}`,
    });
  });
}
