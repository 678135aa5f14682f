import { dataInvalid } from '../raw-row.ts';

/** @param where the columns are named @throws DATA_INVALID where two columns have one name */
export function demandUniqueColumns(where: string, columns: readonly string[]): void {
  for (const [second, name] of columns.entries()) {
    const first = columns.indexOf(name);
    if (first === second) continue;
    throw dataInvalid(where, `two columns are called ${name}`, {
      got: `columns ${first + 1} and ${second + 1} of ${columns.join(', ')}`,
      expected: 'a name for each column',
      fix: 'call one of them something else',
    });
  }
}
