import { Defect } from '../base/defect.ts';
import { DropsweepError } from '../base/errors.ts';
import type { Node, Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { add } from '../onnx/operators.ts';
import { gradientRules, isDifferentiable } from './gradient-rules.ts';
import { undoBroadcast } from './undo-broadcast.ts';

/**
 * Reverse-mode differentiation of a scalar: appends to the builder the nodes that compute d loss / d value.
 * Only what lies between the wanted values and the loss is differentiated.
 * @param loss float32 of shape []
 * @returns a gradient of each wanted value's shape, in their order; null: the loss does not depend on it
 * @throws OPERATOR_UNSUPPORTED naming the operator and its node
 */
export function differentiate(b: GraphBuilder, loss: Value, wanted: readonly Value[]): readonly (Value | null)[] {
  return backpropagate(b, { value: loss, gradient: b.floats([1]) }, wanted);
}

/** A value and d loss / d value, of its shape: what the walk goes back from. */
export interface KnownGradient {
  readonly value: Value;
  readonly gradient: Value;
}

/** As differentiate, for a loss that comes with its own gradient to a value all wanted ones act through. */
export function backpropagate(
  b: GraphBuilder,
  known: KnownGradient,
  wanted: readonly Value[],
): readonly (Value | null)[] {
  const forward = [...b.nodes];
  const depends = dependents(forward, wanted);
  const gradients = new Map<string, Value>([[known.value.name, known.gradient]]);
  for (const node of forward.toReversed()) {
    const outputGradients = node.outputs.map((output) => gradients.get(output.name) ?? null);
    if (outputGradients.every((gradient) => gradient === null)) continue;
    const wants = (input: number) => depends.has(node.inputs[input]?.name ?? '');
    if (!node.inputs.some((_, input) => wants(input)) || !isDifferentiable(node)) continue;
    const inputGradients = ruleOf(node)({ b, node, outputGradients, wants });
    node.inputs.forEach((input, index) => {
      if (input === null || !wants(index)) return;
      const gradient = inputGradients[index];
      // null: the rule knows that nothing flows back; undefined: it forgot the input.
      if (gradient === undefined)
        throw new Defect(`the rule of ${node.operator} gives input ${index} no gradient`, `where: ${node.name}`);
      if (gradient === null) return;
      const before = gradients.get(input.name);
      const fitting = undoBroadcast(b, gradient, input.shape);
      gradients.set(input.name, before === undefined ? fitting : add(b, before, fitting));
    });
  }
  return wanted.map((value) => gradients.get(value.name) ?? null);
}

/** Names of all values that some wanted value flows into, the wanted ones included. */
function dependents(nodes: readonly Node[], wanted: readonly Value[]): ReadonlySet<string> {
  const names = new Set(wanted.map((value) => value.name));
  for (const node of nodes) {
    if (!isDifferentiable(node)) continue;
    if (!node.inputs.some((input) => input !== null && names.has(input.name))) continue;
    for (const output of node.outputs) names.add(output.name);
  }
  return names;
}

function ruleOf(node: Node) {
  const rule = gradientRules[node.operator];
  if (rule !== undefined) return rule;
  throw new DropsweepError('OPERATOR_UNSUPPORTED', `there is no gradient rule for ${node.operator}`, {
    where: node.name,
    expected: Object.keys(gradientRules).join(', '),
    fix: 'use a model without this operator between its adapters and its loss',
  });
}
