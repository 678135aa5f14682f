import { sumOfSquaredUpdates } from '../adapters/lora/sparsity.ts';
import { differentiate } from '../autodiff/differentiate.ts';
import { checkGraph } from '../onnx/check-graph.ts';
import type { Graph, Shape, Value } from '../onnx/graph.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { add, divide, elementwise, multiply, reduce, reshape, split, subtract, unary } from '../onnx/operators.ts';
import type { TrainableLayout } from './adapter-engine.ts';
import { tensorLength } from './trainable-layout.ts';

/** Added to the norm before dividing by it, as PyTorch's clip_grad_norm_. */
const clipEpsilon = 1e-6;

/** The scalar inputs of the update graph, in the order of its `scalars` vector. */
export const updateScalars = [
  'inverse_instances',
  'sparsity_coefficient',
  'learning_rate',
  'weight_decay',
  'beta1',
  'beta2',
  'epsilon',
  'bias_correction1',
  'root_bias_correction2',
  'clip_norm',
] as const;

export type UpdateScalar = (typeof updateScalars)[number];

/**
 * One optimiser step on flat vectors, without base weights: the mean gradient over instances plus the sparsity
 * penalty's, clipped once by its global norm, then AdamW (arXiv 1711.05101, in PyTorch's order: decay first). Where a
 * norm or loss is not finite the state passes through unchanged.
 * @param withPenalty false where sparsity · (2p − p²) is 0 in every step
 */
export function buildUpdateGraph(layout: TrainableLayout, scale: number, withPenalty: boolean): Graph {
  const b = new GraphBuilder();
  const vector: Shape = [1, layout.length];
  const parameters = b.input('parameters', 'float', vector);
  const first = b.input('first_moment', 'float', vector);
  const second = b.input('second_moment', 'float', vector);
  const gradientSum = b.input('gradient_sum', 'float', vector);
  const decayMask = b.input('decay_mask', 'float', vector);
  const loss = b.input('data_loss', 'float', []);
  const scalars = b.input('scalars', 'float', [updateScalars.length]);
  const parts = split(
    b,
    scalars,
    0,
    updateScalars.map(() => 1),
  );
  const at = (name: UpdateScalar): Value => parts[updateScalars.indexOf(name)] ?? scalars;

  const mean = multiply(b, gradientSum, at('inverse_instances'));
  const { penalty, gradient } = withPenalty
    ? addPenalty(b, layout, { parameters, mean, scale, coefficient: at('sparsity_coefficient') })
    : { penalty: unary(b, 'Identity', b.floats([0], [1])), gradient: mean };
  const norm = reshape(b, unary(b, 'Sqrt', reduce(b, 'ReduceSumSquare', gradient, [0, 1], 'drop')), [1]);
  const shrink = elementwise(
    b,
    'Min',
    divide(b, at('clip_norm'), add(b, norm, b.floats([clipEpsilon]))),
    b.floats([1], [1]),
  );
  const clipped = multiply(b, gradient, shrink);

  const one = b.floats([1], [1]);
  const newFirst = add(b, multiply(b, first, at('beta1')), multiply(b, clipped, subtract(b, one, at('beta1'))));
  const squared = multiply(b, clipped, clipped);
  const newSecond = add(b, multiply(b, second, at('beta2')), multiply(b, squared, subtract(b, one, at('beta2'))));
  const rate = multiply(b, at('learning_rate'), at('weight_decay'));
  const kept = multiply(b, parameters, subtract(b, one, multiply(b, decayMask, rate)));
  const root = divide(b, unary(b, 'Sqrt', newSecond), at('root_bias_correction2'));
  const direction = divide(b, newFirst, add(b, root, at('epsilon')));
  const stepSize = divide(b, at('learning_rate'), at('bias_correction1'));
  const newParameters = subtract(b, kept, multiply(b, direction, stepSize));

  const finite = isFinite(b, add(b, add(b, norm, loss), penalty));
  const choose = (changed: Value, old: Value) =>
    b.one({ operator: 'Where', inputs: [finite, changed, old], outputs: [{ shape: vector }] });
  return checkGraph(
    b.build('update', [
      choose(newParameters, parameters),
      choose(newFirst, first),
      choose(newSecond, second),
      norm,
      penalty,
      finite,
    ]),
  );
}

interface PenaltyRequest {
  readonly parameters: Value;
  readonly mean: Value;
  readonly scale: number;
  /** λ(2p − p²), [1] */
  readonly coefficient: Value;
}

function addPenalty(
  b: GraphBuilder,
  layout: TrainableLayout,
  request: PenaltyRequest,
): { penalty: Value; gradient: Value } {
  const parts = split(b, request.parameters, 1, layout.tensors.map(tensorLength));
  const tensors = layout.tensors.map((tensor, index) => reshape(b, parts[index] ?? request.parameters, tensor.shape));
  const named = new Map(layout.tensors.map((tensor, index) => [tensor.name, tensors[index] ?? request.parameters]));
  const modules = layout.modules.map(({ name }) => ({
    a: named.get(`${name}.lora_A`) ?? request.parameters,
    b: named.get(`${name}.lora_B`) ?? request.parameters,
  }));
  const total = sumOfSquaredUpdates(b, modules, request.scale);
  const [slope] = differentiate(b, total, [request.parameters]);
  if (slope === null || slope === undefined) throw new Error('the penalty depends on the parameters');
  return {
    penalty: reshape(b, multiply(b, total, request.coefficient), [1]),
    gradient: add(b, request.mean, multiply(b, slope, request.coefficient)),
  };
}

/** bool [1]: x − x is 0 only for finite x. */
function isFinite(b: GraphBuilder, x: Value): Value {
  return b.one({
    operator: 'Equal',
    inputs: [subtract(b, x, x), b.floats([0], [1])],
    outputs: [{ shape: [1], type: 'bool' }],
  });
}
