import { present } from '../../base/defect.ts';
import { int, intAttribute, ints, type Value } from '../../onnx/graph.ts';
import {
  again,
  broadcastable,
  inputOf,
  type PackingContext,
  type PackingRule,
  shifted,
  spread,
  withPack,
} from '../packing-rule.ts';
import { eachMemberRule } from './each-member.ts';

/** To [pack, …target]; 0 in a target counts the input's axes, which are one further on too. */
export const reshapeRule: PackingRule = (context) => {
  const target = inputOf(context, 1).value;
  return again(context, [inputOf(context, 0).value, withPack(context, target)]);
};

export const transposeRule: PackingRule = (context) => {
  const order = context.node.attributes['perm'];
  if (order?.kind !== 'ints') throw new Error(`${context.node.name} has no order of axes`);
  return again(context, [inputOf(context, 0).value], { perm: ints([0, ...order.value.map((axis) => axis + 1)]) });
};

/** Operators that take their axes as the input of that number; where it is not given, each member goes for itself. */
export function axesInputRule(position: number): PackingRule {
  return (context) => {
    const { b, inputs } = context;
    const given = inputs[position] ?? null;
    if (given === null) return eachMemberRule(context);
    const axes = b.int64s(b.integersOf(given.value).map(shifted));
    return again(
      context,
      inputs.map((input, index) => (index === position ? axes : (input?.value ?? null))),
    );
  };
}

export const splitRule: PackingRule = (context) =>
  again(context, [inputOf(context, 0).value, inputOf(context, 1).value], movedAxis(context));

/** Operands of one rank, side by side or element for element along an axis. */
export const alignedRule: PackingRule = (context) =>
  again(
    context,
    context.inputs.map((_, index) => spread(context, inputOf(context, index))),
    movedAxis(context),
  );

/** Rows gathered from a packed table by indices that the members share. */
export const gatherRule: PackingRule = (context) => {
  const [table, numbers] = [inputOf(context, 0), inputOf(context, 1)];
  return numbers.packed ? eachMemberRule(context) : again(context, [table.value, numbers.value], movedAxis(context));
};

export const expandRule: PackingRule = (context) => {
  const { shape } = present(context.node.outputs[0], `the result of ${context.node.name}`);
  const x = broadcastable(context, inputOf(context, 0), shape.length);
  return again(context, [x, withPack(context, inputOf(context, 1).value)]);
};

/** A size of each member's value, which all members share. */
export const shapeRule: PackingRule = (context) => {
  const { b, node } = context;
  const { shape } = present(node.outputs[0], `the size of ${node.name}`);
  const inputs = [inputOf(context, 0).value];
  const value = b.one({
    operator: 'Shape',
    inputs,
    attributes: { start: int(1) },
    outputs: [{ shape, type: 'int64' }],
  });
  return [{ value, packed: false }];
};

export const sizeRule: PackingRule = (context) => {
  const { b, pack } = context;
  const scalar = (operator: string, inputs: readonly Value[]) =>
    b.one({ operator, inputs, outputs: [{ shape: [], type: 'int64' }] });
  const all = scalar('Size', [inputOf(context, 0).value]);
  return [{ value: scalar('Div', [all, b.int64s([pack], [])]), packed: false }];
};

function movedAxis({ node }: PackingContext) {
  return { ...node.attributes, axis: int(shifted(intAttribute(node, 'axis', 0))) };
}
