import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import type { Json } from '../../src/base/canonical-json.ts';
import { writeParquet } from '../../src/formats/write-parquet.ts';

it('writes rows in groups, as they come, each column of the type that all of its values have', async () => {
  const count = 25_000;
  const columns: Readonly<Record<string, (row: number) => Json>> = {
    whole: (row) => row,
    // A number with a part comes after two groups of whole ones.
    part: (row) => (row < 24_000 ? row : row + 0.5),
    text: (row) => (row % 3 === 0 ? null : `row ${row}`),
    nothing: () => null,
    yes: (row) => row % 2 === 0,
    list: (row) => (row === 7 ? [1, 2] : []),
    mixed: (row) => (row === 24_999 ? 'a' : row),
  };
  let readings = 0;
  async function* rows() {
    readings += 1;
    for (let from = 0; from < count; from += 700)
      yield Object.values(columns).map((value) =>
        Array.from({ length: Math.min(700, count - from) }, (_, index) => value(from + index)),
      );
  }
  const parts: Uint8Array[] = [];
  for await (const part of writeParquet(Object.keys(columns), rows)) parts.push(part);
  const bytes = Buffer.concat(parts);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const metadata = parquetMetadata(file);
  expect([readings, parts.length, metadata.row_groups.length]).toEqual([2, 4, 3]);
  const types = metadata.schema.flatMap(({ name, type }) => (type === undefined ? [] : [`${name} ${type}`]));
  expect(types).toEqual([
    ...['whole INT64', 'part DOUBLE', 'text BYTE_ARRAY', 'nothing BYTE_ARRAY', 'yes BOOLEAN', 'element INT64'],
    'mixed BYTE_ARRAY',
  ]);
  const read = await parquetReadObjects({ file });
  expect(read).toHaveLength(count);
  expect(read[7]).toEqual({ whole: 7n, part: 7, text: 'row 7', nothing: null, yes: false, list: [1n, 2n], mixed: 7 });
  expect(read[24_999]).toMatchObject({ whole: 24_999n, part: 24_999.5, text: null, mixed: 'a' });
});
