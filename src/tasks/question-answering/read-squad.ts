import { emptyFile } from '../../data/files/empty-file.ts';
import { notJson } from '../../data/files/not-json.ts';
import { dataInvalid } from '../../data/raw-row.ts';
import { readJsonValue } from '../../data/files/read-json-value.ts';
import type { Table, TableRecord, TableRequest } from '../../data/files/table.ts';
import { readTextFile } from '../../data/files/read-text-file.ts';

const layout = 'data: [{paragraphs: [{context, qas: [{id, question, answers}]}]}]';
const columns = ['id', 'title', 'question', 'context', 'answers'];

/**
 * SQuAD's own JSON, v1.1 or v2.0: articles of paragraphs of questions. A question that is said to be impossible has no
 * answers, whatever plausible ones it lists.
 * @throws DropsweepError DATA_INVALID with the place in the file
 */
export function readSquad(path: string, { encoding }: TableRequest = {}): Table {
  const articles = listOf(memberOf(parse(path, encoding), 'data'), path, 'data');
  const records: TableRecord[] = [];
  for (const [a, article] of articles.entries()) {
    const place = `${path}: data[${a}]`;
    for (const [p, paragraph] of listOf(memberOf(article, 'paragraphs'), place, 'paragraphs').entries()) {
      const inside = `${place}.paragraphs[${p}]`;
      for (const [q, asked] of listOf(memberOf(paragraph, 'qas'), inside, 'qas').entries()) {
        const impossible = memberOf(asked, 'is_impossible') === true;
        const cells = {
          id: memberOf(asked, 'id'),
          title: memberOf(article, 'title'),
          question: memberOf(asked, 'question'),
          context: memberOf(paragraph, 'context'),
          answers: impossible ? [] : memberOf(asked, 'answers'),
        };
        records.push({ cells, where: `${inside}.qas[${q}]` });
      }
    }
  }
  if (records.length > 0) return { columns, records };
  throw emptyFile(path, '0 questions', layout);
}

function parse(path: string, encoding: string | undefined): unknown {
  const text = readTextFile(path, encoding);
  try {
    return readJsonValue(text, path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const fix = 'correct the file, or name its format in task.data.format';
    throw notJson(path, text, { expected: "SQuAD's JSON", fix, cause: error });
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}

function listOf(value: unknown, where: string, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw dataInvalid(where, "the file is not in SQuAD's layout", {
    got: value === undefined ? `no ${name}` : `${name} that is no list`,
    expected: layout,
    fix: "name a file of SQuAD's own JSON, or the file's format in task.data.format",
  });
}
