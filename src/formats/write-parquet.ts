import type { ColumnSource, SchemaElement } from 'hyparquet-writer';
import type { Json } from '../base/canonical-json.ts';

export interface ParquetColumn {
  readonly name: string;
  readonly values: readonly Json[];
}

/**
 * A Parquet file of these columns, each of the type that all its values have: booleans, whole numbers (int64), numbers
 * (double), texts, lists of one of these or of such lists; what is mixed, and objects, as JSON. Null is null.
 */
export async function writeParquet(columns: readonly ParquetColumn[]): Promise<Uint8Array> {
  // What writes Parquet is loaded by those alone who want some.
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const typed = columns.map(({ name, values }) => ({ name, values, type: typeOf(values) }));
  const schema: SchemaElement[] = [{ name: 'root', num_children: columns.length }];
  for (const { name, type } of typed) schema.push(...elementsOf(name, type));
  const columnData = typed.map(
    ({ name, values, type }): ColumnSource => ({
      name,
      data: values.map((value) => converted(value, type)),
    }),
  );
  return new Uint8Array(parquetWriteBuffer({ columnData, schema }));
}

type ScalarType = 'boolean' | 'integer' | 'double' | 'text' | 'json';
type ColumnType = ScalarType | { readonly items: ColumnType };

function typeOf(values: readonly Json[]): ColumnType {
  const there = values.filter((value) => value !== null);
  const first = there[0];
  if (first === undefined) return 'text';
  if (there.every((value) => typeof value === 'boolean')) return 'boolean';
  if (there.every((value) => typeof value === 'number'))
    return there.every((value) => Number.isSafeInteger(value)) ? 'integer' : 'double';
  if (there.every((value) => typeof value === 'string')) return 'text';
  if (there.every(isList)) return { items: typeOf(there.flat()) };
  return 'json';
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
    ...elementsOf('element', type.items),
  ];
}

function converted(value: Json, type: ColumnType): unknown {
  if (value === null) return null;
  if (typeof type !== 'string') return isList(value) ? value.map((item) => converted(item, type.items)) : null;
  return type === 'integer' && typeof value === 'number' ? BigInt(value) : value;
}
