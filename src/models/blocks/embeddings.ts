import { int, type Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { gatherRows, reshape } from '../../onnx/operators.ts';
import { sizeAt } from '../../onnx/run-time-sizes.ts';

/** Rows 0, 1, … of a table of positions: [tokens, columns]. */
export function firstPositions(b: GraphBuilder, table: Value, inputIds: Value): Value {
  return b.one({
    operator: 'Slice',
    inputs: [table, b.int64s([0]), sizeAt(b, inputIds, 1), b.int64s([0])],
    outputs: [{ shape: ['tokens', ...table.shape.slice(1)] }],
  });
}

/**
 * Positions that count the tokens that are no padding, from `padId` + 1; padding itself stands at `padId`.
 * Source: transformers' create_position_ids_from_input_ids. @returns [batch, tokens, columns]
 */
export function positionsBesidePadding(b: GraphBuilder, table: Value, inputIds: Value, padId: number): Value {
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
  const positions = b.one({
    operator: 'Add',
    inputs: [masked, b.int64s([padId], [])],
    outputs: [{ shape, type: 'int64' }],
  });
  return gatherRows(b, table, positions);
}

/** [batch, tokens, columns] → [batch·tokens, columns] */
export function flatRows(b: GraphBuilder, x: Value, columns: number): Value {
  return reshape(b, x, ['batch·tokens', columns], b.int64s([-1, columns]));
}
