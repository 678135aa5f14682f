import type { Graph } from '../onnx/graph.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { type Packed, spread } from './packing-rule.ts';
import { packingRules } from './packing-rules.ts';
import { eachMemberRule } from './rules/each-member.ts';

/**
 * The same graph for `pack` members. The values named in `differing` are [pack, …] where they were […], whether inputs
 * of the graph or of one around it, and so is every output; what depends on none of them is computed once.
 * Requires a legal graph, and shapes that packable.ts lets through; ensures that a member's part of each output has the
 * bits that the graph gives for it alone.
 */
export function packGraph(graph: Graph, differing: ReadonlySet<string>, pack: number): Graph {
  const b = GraphBuilder.over(graph, `${graph.name}_pack${pack}_`);
  const inputs = graph.inputs.map((input) =>
    differing.has(input.name) ? { ...input, shape: [pack, ...input.shape] } : input,
  );
  const packed = new Map<string, Packed>();
  const become = ({ name, type, shape }: Graph['outputs'][number]): Packed =>
    packed.get(name) ??
    (differing.has(name)
      ? { value: { name, type, shape: [pack, ...shape] }, packed: true }
      : { value: { name, type, shape }, packed: false });
  for (const node of graph.nodes) {
    const own = node.inputs.map((input) => (input === null ? null : become(input)));
    if (own.some((input) => input?.packed === true)) {
      const rule = packingRules[node.operator] ?? eachMemberRule;
      const results = rule({ b, node, pack, inputs: own, packBody: packGraph });
      node.outputs.forEach((output, index) => {
        const result = results[index];
        if (result !== undefined) packed.set(output.name, result);
      });
    } else {
      // Sizes of packed values are shared, and stand under other names.
      b.copy({ ...node, inputs: own.map((input) => input?.value ?? null) });
    }
  }
  const outputs = graph.outputs.map((output) => spread({ b, pack }, become(output)));
  return { ...b.build(graph.name, outputs), inputs };
}
