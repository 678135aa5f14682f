import { emptyFile } from '../../data/files/empty-file.ts';
import { dataInvalid } from '../../data/raw-row.ts';
import type { Table, TableRecord, TableRequest } from '../../data/files/table.ts';
import { readTextFile } from '../../data/files/read-text-file.ts';

/** Marks where a document begins; no sentence. */
const documentStart = '-DOCSTART-';

/**
 * CoNLL's columns: a word a line with its tag last, an empty line after each sentence. Columns between (part of speech,
 * chunk) are left aside, and so are comments. A file of words alone has no tags.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export function readConll(path: string, { encoding }: TableRequest = {}): Table {
  const records: TableRecord[] = [];
  let sentence: { tokens: string[]; tags: string[]; where: string } | null = null;
  let untagged: { readonly where: string; readonly got: string } | null = null;
  let tagged = false;
  const close = () => {
    if (sentence !== null) {
      const { where, ...cells } = sentence;
      records.push({ cells, where });
    }
    sentence = null;
  };
  for (const [index, line] of readTextFile(path, encoding)
    .split(/\r\n|[\r\n]/)
    .entries()) {
    const cells = line.trim().split(/[ \t]+/);
    const [word = ''] = cells;
    if (word === '' || word === documentStart) {
      close();
      continue;
    }
    if (sentence === null && line.startsWith('# ')) continue;
    const where = `${path}:${index + 1}`;
    sentence ??= { tokens: [], tags: [], where };
    sentence.tokens.push(word);
    if (cells.length < 2) {
      untagged ??= { where, got: line };
    } else {
      sentence.tags.push(cells.at(-1) ?? '');
      tagged = true;
    }
  }
  close();
  if (records.length === 0) throw emptyFile(path, '0 sentences', 'a word a line with its tag');
  if (untagged === null) return { columns: ['tokens', 'tags'], records };
  if (!tagged) return { columns: ['tokens'], records: records.map(withoutTags) };
  throw dataInvalid(untagged.where, 'a word has no tag', {
    got: untagged.got,
    expected: 'a word and its tag, columns between left aside',
    fix: 'give the word a tag, such as O',
  });
}

function withoutTags({ cells: { tokens }, where }: TableRecord): TableRecord {
  return { cells: { tokens }, where };
}
