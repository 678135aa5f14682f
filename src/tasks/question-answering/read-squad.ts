import { dataInvalid } from '../../data/raw-row.ts';
import { readJsonValue } from '../../data/files/read-json-value.ts';
import type { Table, TableRecord } from '../../data/files/table.ts';
import { readTextFile } from '../../data/files/read-text-file.ts';

const columns = ['id', 'title', 'question', 'context', 'answers'];

/**
 * SQuAD's own JSON, v1.1 or v2.0: articles of paragraphs of questions. A question that is said to be impossible has no
 * answers, whatever plausible ones it lists.
 * @throws DropsweepError DATA_INVALID with the place in the file
 */
export function readSquad(path: string): Table {
  const articles = listOf(memberOf(parse(path), 'data'), path, 'data');
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
  return { columns, records };
}

function parse(path: string): unknown {
  try {
    return readJsonValue(readTextFile(path), path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw dataInvalid(path, 'a file is not JSON', {
      got: error.message,
      expected: "SQuAD's JSON",
      fix: 'correct the file, or name its format in task.data.format',
      cause: error,
    });
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
    expected: 'data: [{paragraphs: [{context, qas: [{id, question, answers}]}]}]',
    fix: "point task.data at SQuAD's own JSON, or name the format of the file in task.data.format",
  });
}
