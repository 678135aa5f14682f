import { int } from '../../onnx/graph.ts';
import { again, broadcastable, inputOf, type PackingRule, rankOf, shifted } from '../packing-rule.ts';
import { eachMemberRule } from './each-member.ts';

/** Element by element, operands broadcast to one another. */
export const broadcastRule: PackingRule = (context) => {
  const given = context.inputs.filter((input) => input !== null);
  const rank = Math.max(...given.map(rankOf));
  return again(
    context,
    context.inputs.map((input) => (input === null ? null : broadcastable(context, input, rank))),
  );
};

/** Element by element of one operand. */
export const elementRule: PackingRule = (context) => again(context, [inputOf(context, 0).value]);

/** Along one axis, with weights that all members share. */
export const alongAxisRule: PackingRule = (context) => {
  const [x, ...weights] = context.inputs;
  if (x === null || x === undefined || weights.some((weight) => weight?.packed === true))
    return eachMemberRule(context);
  const axis = context.node.attributes['axis'];
  const attributes =
    axis?.kind === 'int' ? { ...context.node.attributes, axis: int(shifted(axis.value)) } : context.node.attributes;
  return again(context, [x.value, ...weights.map((weight) => weight?.value ?? null)], attributes);
};
