import { int, type Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, gatherRows, reshape } from '../../onnx/operators.ts';
import { sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import type { EncoderContext, EncoderInputs } from '../encoder.ts';
import { normalise } from './normalise.ts';
import { numbersOfRows, placesOfRows } from './token-rows.ts';

/** The tables that a token's first vector is the sum of. */
export interface TokenTables {
  /** Prefix of their names, e.g. `bert.embeddings`. */
  readonly name: string;
  readonly columns: number;
  readonly words: number;
  /** 0: none. */
  readonly types: number;
  /** null: none. */
  readonly positions: {
    readonly rows: number;
    /** Absent: 0, 1, …; else counted beside this padding, as `positionsBesidePadding` does. */
    readonly besidePadding?: number;
  } | null;
}

/** Words, types and positions, summed in this order: [batch·tokens, columns], or [kept, columns]. */
export function embedTokens(context: EncoderContext, inputs: EncoderInputs, tables: TokenTables): Value {
  const { b, weight } = context;
  const { name, columns, words, types, positions } = tables;
  const table = (kind: string, rows: number) => weight(`${name}.${kind}_embeddings.weight`, [rows, columns]);
  const { tokenRows } = inputs;
  const asRows = (numbers: Value) => (tokenRows === undefined ? numbers : numbersOfRows(b, tokenRows, numbers));
  let sum = gatherRows(b, table('word', words), asRows(inputs.inputIds));
  // A table of one type has no second row: what a tokeniser says of pairs is not the model's.
  if (types === 1) sum = add(b, sum, table('token_type', 1));
  if (types > 1) sum = add(b, sum, gatherRows(b, table('token_type', types), asRows(inputs.tokenTypeIds)));
  if (positions !== null) {
    const rows = table('position', positions.rows);
    const { besidePadding: padId } = positions;
    const placed = () =>
      tokenRows === undefined
        ? firstPositions(b, rows, inputs.inputIds)
        : gatherRows(b, rows, placesOfRows(b, tokenRows).column);
    const beside = (id: number) => gatherRows(b, rows, asRows(positionsBesidePadding(b, inputs.inputIds, id)));
    sum = add(b, sum, padId === undefined ? placed() : beside(padId));
  }
  if (tokenRows !== undefined) return sum;
  return reshape(b, sum, ['batch·tokens', columns], b.int64s([-1, columns]));
}

/** As embedTokens, then normalised, then with hidden dropout, as most encoders begin. */
export function normalisedEmbeddings(
  context: EncoderContext,
  inputs: EncoderInputs,
  tables: TokenTables,
  epsilon: number,
): Value {
  const { name, columns: size } = tables;
  const x = normalise(context, `${name}.LayerNorm`, embedTokens(context, inputs, tables), { size, epsilon });
  return context.drop(`${name}.dropout`, x);
}

/** Rows 0, 1, … of a table of positions: [tokens, columns]. */
function firstPositions(b: GraphBuilder, table: Value, inputIds: Value): Value {
  return b.one({
    operator: 'Slice',
    inputs: [table, b.int64s([0]), sizeAt(b, inputIds, 1), b.int64s([0])],
    outputs: [{ shape: ['tokens', ...table.shape.slice(1)] }],
  });
}

/**
 * Positions that count the tokens that are no padding, from `padId` + 1; padding itself stands at `padId`.
 * Source: transformers' create_position_ids_from_input_ids. @returns int64 [batch, tokens]
 */
function positionsBesidePadding(b: GraphBuilder, inputIds: Value, padId: number): Value {
  const shape = inputIds.shape;
  const padding = b.one({
    operator: 'Equal',
    inputs: [inputIds, b.int64s([padId], [])],
    outputs: [{ shape, type: 'bool' }],
  });
  const kept = b.one({ operator: 'Not', inputs: [padding], outputs: [{ shape, type: 'bool' }] });
  const ones = b.one({
    operator: 'Cast',
    inputs: [kept],
    attributes: { to: int(7) },
    outputs: [{ shape, type: 'int64' }],
  });
  const counted = b.one({ operator: 'CumSum', inputs: [ones, b.int64s([1], [])], outputs: [{ shape, type: 'int64' }] });
  const masked = b.one({ operator: 'Mul', inputs: [counted, ones], outputs: [{ shape, type: 'int64' }] });
  return b.one({ operator: 'Add', inputs: [masked, b.int64s([padId], [])], outputs: [{ shape, type: 'int64' }] });
}
