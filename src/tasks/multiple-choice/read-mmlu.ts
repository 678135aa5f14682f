import { basename } from 'node:path';
import { readTable } from '../../data/files/read-table.ts';
import type { Table, TableRequest } from '../../data/files/table.ts';

/** Of the official files, which have no header. */
const columns = ['question', 'A', 'B', 'C', 'D', 'answer'];
const letters = columns.slice(1, -1);

/** One of MMLU's own files: a question, four choices and a letter; the subject is what the file is called. */
export function readMmlu(path: string, { encoding }: TableRequest): Table {
  const subject = basename(path).replace(/_(test|dev|val)\.csv(\.(gz|zst))?$/, '');
  const { records } = readTable(path, 'csv', { header: columns, ...(encoding === undefined ? {} : { encoding }) });
  return {
    columns: ['question', 'choices', 'answer', 'subject'],
    records: records.map(({ cells, where }) => ({
      cells: {
        question: cells['question'],
        choices: letters.map((letter) => cells[letter]),
        answer: cells['answer'],
        subject,
      },
      where,
    })),
  };
}
