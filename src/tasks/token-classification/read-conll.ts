import { emptyFile } from '../../data/empty-file.ts';
import { dataInvalid } from '../../data/raw-row.ts';
import type { Table, TableRecord } from '../../data/table.ts';
import { readTextFile } from '../../data/read-text-file.ts';

/** Marks where a document begins; no sentence. */
const documentStart = '-DOCSTART-';

/**
 * CoNLL's columns: a word a line with its tag last, an empty line after each sentence. Columns between (part of speech,
 * chunk) are left aside, and so are comments.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export function readConll(path: string): Table {
  const records: TableRecord[] = [];
  let sentence: { tokens: string[]; tags: string[]; where: string } | null = null;
  const close = () => {
    if (sentence !== null) {
      const { where, ...cells } = sentence;
      records.push({ cells, where });
    }
    sentence = null;
  };
  for (const [index, line] of readTextFile(path)
    .split(/\r\n|[\r\n]/)
    .entries()) {
    const cells = line.trim().split(/[ \t]+/);
    const [word = '', tag] = [cells[0], cells.at(-1)];
    if (word === '' || word === documentStart) {
      close();
      continue;
    }
    if (sentence === null && line.startsWith('# ')) continue;
    if (tag === undefined || cells.length < 2) {
      throw dataInvalid(`${path}:${index + 1}`, 'a word has no tag', {
        got: line,
        expected: 'a word and its tag, columns between left aside',
        fix: 'give the word a tag, such as O',
      });
    }
    sentence ??= { tokens: [], tags: [], where: `${path}:${index + 1}` };
    sentence.tokens.push(word);
    sentence.tags.push(tag);
  }
  close();
  if (records.length === 0) throw emptyFile(path, '0 sentences', 'a word a line with its tag');
  return { columns: ['tokens', 'tags'], records };
}
