import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, gatherRows, multiply, reshape, slice, subtract } from '../../onnx/operators.ts';
import { integers, sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import { type TakenRows, takeRows } from '../../onnx/rewrites/take-rows.ts';
import type { TokenRows } from '../encoder.ts';

/** Numbers of tokens, [batch, tokens], as their rows stand: [kept]. */
export function numbersOfRows(b: GraphBuilder, { places }: TokenRows, numbers: Value): Value {
  return gatherRows(b, reshape(b, numbers, ['batch·tokens'], b.int64s([-1])), places);
}

/** Sample and column of each row: int64 [kept]. */
export function placesOfRows(b: GraphBuilder, { places, numbers }: TokenRows) {
  const tokens = sizeAt(b, numbers, 1);
  const sample = b.one({
    operator: 'Div',
    inputs: [places, tokens],
    outputs: [{ shape: places.shape, type: 'int64' }],
  });
  return { sample, column: subtract(b, places, multiply(b, sample, tokens)), tokens };
}

/** Rows of all tokens with the padding put back: [batch·tokens, columns]. */
export function withPadding(b: GraphBuilder, { places, numbers }: TokenRows, x: Value): Value {
  return takeRows(b, x, { numbers: reshape(b, numbers, ['batch·tokens'], b.int64s([-1])), back: places });
}

/** Each sample's first row, and from which of them each row gets its gradient: most from none. */
export function firstRows(b: GraphBuilder, rows: TokenRows): TakenRows {
  const { sample, column } = placesOfRows(b, rows);
  const isFirst = b.one({
    operator: 'Equal',
    inputs: [column, b.int64s([0])],
    outputs: [{ shape: column.shape, type: 'bool' }],
  });
  const back = b.one({
    operator: 'Where',
    inputs: [isFirst, sample, sizeAt(b, rows.numbers, 0)],
    outputs: [{ shape: sample.shape, type: 'int64' }],
  });
  return { numbers: reshape(b, slice(b, rows.numbers, 1, 0, 1, 1), ['batch'], b.int64s([-1])), back, leavesOut: true };
}

/** The heads' parts of rows as attention reads them, with padding, and back. */
export interface HeadRows {
  /** [kept, heads·size] as [batch, heads, tokens, size] */
  split(x: Value): Value;
  /** [batch, heads, tokens, size] as [kept, heads·size] */
  join(x: Value): Value;
}

/** One Gather each, where rows with padding take a Transpose. */
export function headRows(b: GraphBuilder, rows: TokenRows, heads: number, size: number): HeadRows {
  const counted = Array.from({ length: heads }, (_, head) => head);
  const unsqueezed = (x: Value, axis: number, shape: Value['shape']) =>
    b.one({ operator: 'Unsqueeze', inputs: [x, b.int64s([axis])], outputs: [{ shape, type: 'int64' }] });
  const bySample = unsqueezed(rows.numbers, 1, ['batch', 1, 'tokens']);
  const numbers = add(b, multiply(b, bySample, b.int64s([heads])), b.int64s(counted, [heads, 1]));
  const { sample, tokens } = placesOfRows(b, rows);
  // Place (s · heads + h) · tokens + c, of s · tokens + c.
  const first = add(b, rows.places, multiply(b, sample, integers(b, 'Mul', tokens, b.int64s([heads - 1]))));
  const further = multiply(b, b.int64s(counted, [1, heads]), tokens);
  const places = add(b, unsqueezed(first, 1, ['kept', 1]), further);
  const all = `kept·${heads}`;
  const back = reshape(b, places, [all], b.int64s([-1]));
  const padded = `batch·${heads}·tokens`;
  const flat = reshape(b, numbers, [padded], b.int64s([-1]));
  const parts = (x: Value, name: string) => reshape(b, x, [name, size], b.int64s([-1, size]));
  return {
    split: (x) => takeRows(b, parts(x, all), { numbers, back }),
    join: (x) =>
      reshape(
        b,
        takeRows(b, parts(x, padded), { numbers: back, back: flat }),
        ['kept', heads * size],
        b.int64s([-1, heads * size]),
      ),
  };
}
