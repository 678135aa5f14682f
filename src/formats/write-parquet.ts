import type { ColumnSource, SchemaElement } from 'hyparquet-writer';
import type { Json } from '../base/canonical-json.ts';

/** Some rows of a table, by column. */
export type ParquetValues = readonly (readonly Json[])[];

/** Rows of a group at least, which is written, and read by others, as one. */
const groupSize = 10_000;

/**
 * A Parquet file of these columns, group by group, each column of the type that all its values have: booleans, whole
 * numbers (int64), numbers (double), texts, lists of one of these or of such lists; what is mixed, and objects, as JSON.
 * Null is null.
 * @param rows all rows, some at a time; taken twice, since types come before the first row
 */
export async function* writeParquet(
  names: readonly string[],
  rows: () => AsyncIterable<ParquetValues>,
): AsyncGenerator<Uint8Array> {
  // What writes Parquet is loaded by those alone who want some.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const found: (ColumnType | null)[] = names.map(() => null);
  for await (const some of rows())
    for (const [column, values] of some.entries()) found[column] = common(found[column] ?? null, typeOf(values));
  const types = found.map((type) => type ?? 'text');
  const schema: SchemaElement[] = [{ name: 'root', num_children: names.length }];
  for (const [column, name] of names.entries()) schema.push(...elementsOf(name, types[column] ?? 'text'));
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({ writer: bytes, schema });
  const taken = (): Uint8Array => {
    const written = new Uint8Array(bytes.buffer.slice(0, bytes.index));
    bytes.index = 0;
    return written;
  };
  let group: unknown[][] = names.map(() => []);
  const writeGroup = (): Uint8Array => {
    const columnData = names.map((name, column): ColumnSource => ({ name, data: group[column] ?? [] }));
    const rowGroupSize = group[0]?.length ?? 0;
    group = names.map(() => []);
    void parquet.write({ columnData, rowGroupSize });
    return taken();
  };
  for await (const some of rows()) {
    for (const [column, values] of some.entries()) {
      const type = types[column] ?? 'text';
      for (const value of values) group[column]?.push(converted(value, type));
    }
    if ((group[0]?.length ?? 0) >= groupSize) yield writeGroup();
  }
  if ((group[0]?.length ?? 0) > 0) yield writeGroup();
  void parquet.finish();
  yield taken();
}

type ScalarType = 'boolean' | 'integer' | 'double' | 'text' | 'json';
/** Items null: no list holds any. */
type ColumnType = ScalarType | { readonly items: ColumnType | null };

/** Null: there are no values. */
function typeOf(values: readonly Json[]): ColumnType | null {
  return values.reduce<ColumnType | null>((type, value) => common(type, typeOfValue(value)), null);
}

function typeOfValue(value: Json): ColumnType | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'double';
  if (typeof value === 'string') return 'text';
  return isList(value) ? { items: typeOf(value) } : 'json';
}

/** The type that values of both have; null has no values. */
function common(one: ColumnType | null, other: ColumnType | null): ColumnType | null {
  if (one === null || other === null || one === other) return one ?? other;
  if (typeof one !== 'string' && typeof other !== 'string') return { items: common(one.items, other.items) };
  const numbers = [one, other].every((type) => type === 'integer' || type === 'double');
  return numbers ? 'double' : 'json';
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const scalars: Readonly<Record<ScalarType, Omit<SchemaElement, 'name'>>> = {
  boolean: { type: 'BOOLEAN' },
  integer: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON' },
};

/** A list has Parquet's three levels. */
function elementsOf(name: string, type: ColumnType): readonly SchemaElement[] {
  if (typeof type === 'string') return [{ name, repetition_type: 'OPTIONAL', ...scalars[type] }];
  return [
    { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...elementsOf('element', type.items ?? 'text'),
  ];
}

function converted(value: Json, type: ColumnType): unknown {
  if (value === null) return null;
  if (typeof type !== 'string')
    return isList(value) ? value.map((item) => converted(item, type.items ?? 'text')) : null;
  return type === 'integer' && typeof value === 'number' ? BigInt(value) : value;
}
