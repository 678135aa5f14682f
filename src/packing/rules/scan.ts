import { int, intAttribute, ints } from '../../onnx/graph.ts';
import { again, inputOf, type PackingRule } from '../packing-rule.ts';
import { eachMemberRule } from './each-member.ts';

/** A scan without state: its body is packed, and the axis that it goes along comes after the pack axis. */
export const scanRule: PackingRule = (context) => {
  const { node, pack, inputs } = context;
  const body = node.attributes['body'];
  if (body?.kind !== 'graph' || intAttribute(node, 'num_scan_inputs', 0) !== inputs.length) {
    return eachMemberRule(context);
  }
  const names = body.value.inputs.filter((_, index) => inputOf(context, index).packed).map(({ name }) => name);
  return again(
    context,
    inputs.map((_, index) => inputOf(context, index).value),
    {
      num_scan_inputs: int(inputs.length),
      body: { kind: 'graph', value: context.packBody(body.value, new Set(names), pack) },
      scan_input_axes: ints(inputs.map((_, index) => Number(inputOf(context, index).packed))),
      scan_output_axes: ints(node.outputs.map(() => 1)),
    },
  );
};
