import { expect, it } from 'vitest';
import { hiddenColumn } from '../../src/report/tables/hidden-column.ts';
import { jsonInTurn, renderReport } from '../../src/report/tables/render-report.ts';

interface Row {
  readonly name: string;
  readonly of: readonly number[];
}

it.each([{ sizes: [] }, { sizes: [0] }, { sizes: [1] }, { sizes: [2, 0, 3] }])(
  'JSON that leaves row by row is that of the whole report: batches of $sizes',
  async ({ sizes }) => {
    const batches = sizes.map((size, batch) =>
      Array.from({ length: size }, (_, row): Row => ({ name: `a\n"${batch}"`, of: row === 0 ? [] : [row, batch] })),
    );
    const columns = [hiddenColumn<Row>('name', ({ name }) => name), hiddenColumn<Row>('of', ({ of }) => [...of])];
    const facts = { sweep: 's', counts: { total: 3 } };
    async function* inTurn() {
      for (const rows of batches) yield await Promise.resolve(rows);
    }
    let text = '';
    for await (const part of jsonInTurn({ columns, facts }, inTurn())) text += part;
    expect(text).toBe(renderReport({ columns, facts, rows: batches.flat(), before: [], after: [] }, 'json', 0));
  },
);
