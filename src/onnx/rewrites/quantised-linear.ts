import { type Dimension, int, type Value } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { add, multiply, reduce, reshape, unary } from '../operators.ts';
import { shapeOf } from '../sizes/run-time-sizes.ts';
import { dimension, shapeError, shapeText } from '../sizes/shapes.ts';

/** An int8 matrix and what each of its columns is multiplied by. */
export interface QuantisedMatrix {
  /** int8 [rows, columns] */
  readonly elements: Value;
  /** [columns] */
  readonly scales: Value;
}

/** A frozen linear whose gradient is an int8 product, and whose forward product may be. */
export interface QuantisedLinear {
  /** The weight: float32 as it lies in its file ([out, in], or [in, out]), or [in, out] in int8. */
  readonly forward: { readonly weight: Value; readonly transposed: boolean } | QuantisedMatrix;
  /** [out, in] */
  readonly backward: QuantisedMatrix;
  /** [out] */
  readonly bias?: Value;
}

/** Our own operators: lowerQuantisedLinears makes standard ones of them once everything is differentiated. */
export const frozenLinearOperator = 'FrozenLinear';
export const quantisedProductOperator = 'QuantisedProduct';

/**
 * x · W + bias. The backward matrix is only carried along, for the gradient.
 * @param x [rows, in] @returns [rows, out]
 */
export function frozenLinear(b: GraphBuilder, x: Value, { forward, backward, bias }: QuantisedLinear): Value {
  const { shape } = backward.elements;
  demandRows(x, dimension(shape, 1), frozenLinearOperator);
  const [weight, scales, transposed] =
    'weight' in forward ? [forward.weight, null, forward.transposed] : [forward.elements, forward.scales, false];
  return b.one({
    operator: frozenLinearOperator,
    domain: 'dropsweep',
    inputs: [x, weight, scales, bias ?? null, backward.elements, backward.scales],
    attributes: { transB: int(Number(transposed)) },
    outputs: [{ shape: [dimension(x.shape, 0), dimension(shape, 0)] }],
  });
}

/** x · matrix in int8, each row of x with a scale of its own. @param x [rows, in] @returns [rows, out] */
export function quantisedProduct(b: GraphBuilder, x: Value, { elements, scales }: QuantisedMatrix): Value {
  demandRows(x, dimension(elements.shape, 0), quantisedProductOperator);
  return b.one({
    operator: quantisedProductOperator,
    domain: 'dropsweep',
    inputs: [x, elements, scales],
    outputs: [{ shape: [dimension(x.shape, 0), dimension(elements.shape, 1)] }],
  });
}

function demandRows(x: Value, columns: Dimension, operator: string): void {
  if (x.shape.length === 2 && x.shape[1] === columns) return;
  throw shapeError(`${operator} of ${x.name}`, shapeText(x.shape), `[rows, ${columns}]`);
}

/** Rows as int8 products take them: x ≈ (elements − 128) · scales. */
export interface QuantisedRows {
  /** uint8 [rows, in], zero at 128 */
  readonly elements: Value;
  /** [rows, 1]; NaN where a row holds a value that is not finite: quantising would hide it. */
  readonly scales: Value;
}

const zeroPoint = 128;
const largest = 127;
/** Rows of zeros are divided by it. */
const tiny = 1e-30;

/** A row's scale is its largest magnitude / 127, so that no row depends on another. @param x [rows, in] */
export function quantiseRows(b: GraphBuilder, x: Value): QuantisedRows {
  const highest = reduce(b, 'ReduceMax', x, [1]);
  const lowest = reduce(b, 'ReduceMin', x, [1]);
  const shape = highest.shape;
  const magnitude = b.one({
    operator: 'Max',
    inputs: [highest, unary(b, 'Neg', lowest), b.floats([tiny])],
    outputs: [{ shape }],
  });
  // onnxruntime's ReduceMax passes over NaN; a sum does not, and 0 times NaN or infinity is NaN.
  const nothing = multiply(b, reduce(b, 'ReduceSum', x, [1]), b.floats([0]));
  const scales = add(b, multiply(b, magnitude, b.floats([1 / largest])), nothing);
  const rowScales = reshape(b, scales, [dimension(x.shape, 0)], b.int64s([-1]));
  const zeroPoints = b.one({
    operator: 'Expand',
    inputs: [b.uint8s([zeroPoint]), shapeOf(b, rowScales)],
    outputs: [{ shape: rowScales.shape, type: 'uint8' }],
  });
  const elements = b.one({
    operator: 'QuantizeLinear',
    inputs: [x, rowScales, zeroPoints],
    attributes: { axis: int(0) },
    outputs: [{ shape: x.shape, type: 'uint8' }],
  });
  return { elements, scales };
}

/** (elements − 128) · W with W's columns scaled, then each row by its own scale. [rows, out] */
export function productOfRows(b: GraphBuilder, rows: QuantisedRows, matrix: QuantisedMatrix): Value {
  const product = b.one({
    operator: 'MatMulIntegerToFloat',
    domain: 'com.microsoft',
    inputs: [rows.elements, matrix.elements, b.floats([1]), matrix.scales, b.uint8s([zeroPoint])],
    outputs: [{ shape: [dimension(rows.elements.shape, 0), dimension(matrix.elements.shape, 1)] }],
  });
  return multiply(b, product, rows.scales);
}
