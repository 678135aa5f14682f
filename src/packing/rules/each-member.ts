import type { Value } from '../../onnx/graph.ts';
import { concat } from '../../onnx/operators.ts';
import type { Packed, PackingContext, PackingRule } from '../packing-rule.ts';

/** The node as it is, on one member after another: right for every operator, at the price of copies. */
export const eachMemberRule: PackingRule = (context) => {
  const { b, node, pack, inputs } = context;
  const parts = inputs.map((input) => (input === null ? null : partsOf(context, input)));
  const results = Array.from({ length: pack }, (_, member) =>
    b.add({ ...node, inputs: parts.map((own) => own?.[member] ?? null) }),
  );
  return node.outputs.map(({ shape, type }, output) => {
    const own = results.map((result) => {
      const value = result[output];
      if (value === undefined) throw new Error(`${node.name} lacks its output ${output}`);
      const outputs = [{ shape: [1, ...shape], type }];
      return b.one({ operator: 'Unsqueeze', inputs: [value, b.int64s([0])], outputs });
    });
    return { value: concat(b, own, 0), packed: true };
  });
};

/** Each member's value without the pack axis. */
function partsOf({ b, pack }: PackingContext, { value, packed }: Packed): readonly Value[] {
  const members = Array.from({ length: pack }, () => 1);
  if (!packed) return members.map(() => value);
  const [, ...shape] = value.shape;
  const { type } = value;
  const parts = b.add({
    operator: 'Split',
    inputs: [value, b.int64s(members)],
    outputs: members.map(() => ({ shape: [1, ...shape], type })),
  });
  return parts.map((part) => b.one({ operator: 'Squeeze', inputs: [part, b.int64s([0])], outputs: [{ shape, type }] }));
}
