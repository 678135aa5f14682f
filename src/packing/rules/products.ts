import { present } from '../../base/defect.ts';
import { type Dimension, floatAttribute, intAttribute, type Value } from '../../onnx/graph.ts';
import { add, reshape } from '../../onnx/operators.ts';
import { dimension } from '../../onnx/sizes/shapes.ts';
import {
  again,
  broadcastable,
  inputOf,
  type Packed,
  type PackingContext,
  type PackingRule,
  rankOf,
  spread,
  toPacked,
} from '../packing-rule.ts';
import { eachMemberRule } from './each-member.ts';

/** Products of fewer inner elements are added up in one stretch: an addend before it or after it rounds alike. */
const innerAtOnce = 128;

/**
 * op(A)·op(B) + C. Rows of all members against a shared matrix are one product of pack · rows rows; where both differ
 * it is a product for each member, and the addend is added to them afterwards where that rounds alike.
 */
export const gemmRule: PackingRule = (context) => {
  const { node, inputs } = context;
  const [x, w, c] = [inputOf(context, 0), inputOf(context, 1), inputs[2] ?? null];
  const sharedRow = c === null || (!c.packed && rankOf(c) < 2);
  if (!w.packed && intAttribute(node, 'transA', 0) === 0 && (sharedRow || (c.packed && rankOf(c) === 2))) {
    return [allRows(context, x)];
  }
  if (c === null) return [memberProducts(context, x, w)];
  const inner = dimension(node.inputs[0]?.shape ?? [], intAttribute(node, 'transA', 0) === 1 ? 0 : 1);
  const roundsAlike = floatAttribute(node, 'alpha', 1) === 1 && typeof inner === 'number' && inner <= innerAtOnce;
  if (!roundsAlike) return eachMemberRule(context);
  const product = memberProducts(context, x, w);
  return [{ value: add(context.b, product.value, broadcastable(context, c, 2)), packed: true }];
};

/** A frozen linear in int8 takes rows, whichever member's. */
export const rowsRule: PackingRule = (context) => [allRows(context, inputOf(context, 0))];

/** Over the last two axes; the leading ones are broadcast. */
export const batchedProductRule: PackingRule = (context) => {
  const operands = [inputOf(context, 0), inputOf(context, 1)];
  const rank = Math.max(...operands.map(rankOf));
  return again(
    context,
    operands.map((operand) => broadcastable(context, operand, rank)),
  );
};

/** The node itself over [pack·rows, in]. */
function allRows(context: PackingContext, x: Packed): Packed {
  const { b, node, inputs } = context;
  const rows = flatRows(context, spread(context, x));
  const { operator, domain, attributes, outputs } = node;
  const { shape, type } = present(outputs[0], `the product of ${node.name}`);
  const columns = dimension(shape, 1);
  const others = inputs
    .slice(1)
    .map((input) => (input?.packed === true ? flatRows(context, input.value) : (input?.value ?? null)));
  const product = b.one({
    operator,
    domain,
    inputs: [rows, ...others],
    attributes,
    outputs: [{ shape: [dimension(rows.shape, 0), columns], type }],
  });
  return toPacked(context, product, shape, [-1, Number(columns)]);
}

/** [pack, rows, columns] as [pack·rows, columns] */
function flatRows({ b, pack }: PackingContext, x: Value): Value {
  const [, rows = 1, columns = 1] = x.shape;
  const together: Dimension = typeof rows === 'number' ? pack * rows : `${pack}·${rows}`;
  return reshape(b, x, [together, columns], b.int64s([-1, Number(columns)]));
}

function memberProducts({ b, node, pack }: PackingContext, x: Packed, w: Packed): Packed {
  const { transA, transB, alpha } = node.attributes;
  const attributes = Object.fromEntries(
    Object.entries({ transA, transB, alpha }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const shape = [pack, ...present(node.outputs[0], `the product of ${node.name}`).shape];
  const operand = ({ value, packed }: Packed): Value =>
    packed
      ? value
      : b.one({ operator: 'Unsqueeze', inputs: [value, b.int64s([0])], outputs: [{ shape: [1, ...value.shape] }] });
  const value = b.one({
    operator: 'FusedMatMul',
    domain: 'com.microsoft',
    inputs: [operand(x), operand(w)],
    attributes,
    outputs: [{ shape }],
  });
  return { value, packed: true };
}
