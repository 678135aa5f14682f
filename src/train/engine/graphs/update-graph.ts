import { present } from '../../../base/defect.ts';
import { type AdapterMethod, penaltyNames, type PenaltyName } from '../../../adapters/adapter-method.ts';
import { differentiate } from '../../../autodiff/differentiate.ts';
import { checkGraph } from '../../../onnx/check-graph.ts';
import type { Graph, Shape, Value } from '../../../onnx/graph.ts';
import { GraphBuilder } from '../../../onnx/graph-builder.ts';
import {
  add,
  divide,
  elementwise,
  multiply,
  reduce,
  reshape,
  split,
  subtract,
  unary,
} from '../../../onnx/operators.ts';
import type { TrainableLayout } from '../adapter-engine.ts';
import { tensorValues } from './trainable-layout.ts';

/** Added to the norm before dividing by it, as PyTorch's clip_grad_norm_. */
const clipEpsilon = 1e-6;

/** The scalar inputs of the update graph, in the order of its `scalars` vector. */
export const updateScalars = [
  'inverse_instances',
  ...penaltyNames.map((name) => `${name}_coefficient` as const),
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

export interface UpdateGraphRequest {
  readonly layout: TrainableLayout;
  readonly method: AdapterMethod;
  /** s */
  readonly scale: number;
  /** Those whose coefficient is not 0. */
  readonly penalties: readonly PenaltyName[];
  /** Whether parameters have learning rates of their own: `rate_scale`, what each has of the common one. */
  readonly scalesRates: boolean;
}

/**
 * One optimiser step on flat vectors, without base weights: the mean gradient over instances plus the penalties',
 * clipped once by its global norm, then AdamW (arXiv 1711.05101, in PyTorch's order: decay first). Where a norm or
 * loss is not finite the state passes through unchanged. Its outputs, in order: parameters, moments, norm, finite,
 * the penalties asked for, and for a method that prunes ranks the clipped gradient.
 * @throws RangeError for a penalty that the method does not have
 */
export function buildUpdateGraph(request: UpdateGraphRequest): Graph {
  const { layout, method } = request;
  const b = new GraphBuilder();
  const vector: Shape = [layout.length];
  const parameters = b.input('parameters', 'float', vector);
  const first = b.input('first_moment', 'float', vector);
  const second = b.input('second_moment', 'float', vector);
  const gradientSum = b.input('gradient_sum', 'float', vector);
  const decayMask = b.input('decay_mask', 'float', vector);
  const rateScale = request.scalesRates ? b.input('rate_scale', 'float', vector) : null;
  const scaled = (x: Value): Value => (rateScale === null ? x : multiply(b, x, rateScale));
  const loss = b.input('data_loss', 'float', []);
  const scalars = b.input('scalars', 'float', [updateScalars.length]);
  const parts = split(
    b,
    scalars,
    0,
    updateScalars.map(() => 1),
  );
  const at = (name: UpdateScalar): Value => present(parts[updateScalars.indexOf(name)], `the scalar ${name}`);

  const mean = multiply(b, gradientSum, at('inverse_instances'));
  const terms = penaltyTerms(b, request, parameters).map(({ name, total, slope }) => ({
    value: reshape(b, multiply(b, total, at(`${name}_coefficient`)), [1]),
    gradient: multiply(b, slope, at(`${name}_coefficient`)),
  }));
  const gradient = terms.reduce((sum, term) => add(b, sum, term.gradient), mean);
  const norm = reshape(b, unary(b, 'Sqrt', reduce(b, 'ReduceSumSquare', gradient, [0], 'drop')), [1]);
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
  const kept = multiply(b, parameters, subtract(b, one, scaled(multiply(b, decayMask, rate))));
  const root = divide(b, unary(b, 'Sqrt', newSecond), at('root_bias_correction2'));
  const direction = divide(b, newFirst, add(b, root, at('epsilon')));
  const stepSize = divide(b, at('learning_rate'), at('bias_correction1'));
  const newParameters = subtract(b, kept, scaled(multiply(b, direction, stepSize)));

  const total = terms.reduce((sum, term) => add(b, sum, term.value), add(b, norm, loss));
  const finite = isFinite(b, total);
  const choose = (changed: Value, old: Value) =>
    b.one({ operator: 'Where', inputs: [finite, changed, old], outputs: [{ shape: vector }] });
  return checkGraph(
    b.build('update', [
      choose(newParameters, parameters),
      choose(newFirst, first),
      choose(newSecond, second),
      norm,
      finite,
      ...terms.map((term) => term.value),
      ...(method.prunesRanks ? [clipped] : []),
    ]),
  );
}

interface PenaltyTerm {
  readonly name: PenaltyName;
  /** Without its coefficient; shape [] */
  readonly total: Value;
  /** d total / d parameters, [length] */
  readonly slope: Value;
}

function penaltyTerms(b: GraphBuilder, request: UpdateGraphRequest, parameters: Value): readonly PenaltyTerm[] {
  const { layout, method, scale, penalties } = request;
  if (penalties.length === 0) return [];
  const tensor = tensorValues(b, layout, parameters);
  const linears = layout.modules.map(
    ({ name }) =>
      (part: string) =>
        tensor(`${name}.${part}`),
  );
  return penalties.map((name) => {
    const build = method.penalties[name];
    if (build === undefined) throw new RangeError(`${method.kind} has no penalty on ${name}`);
    const total = build(b, linears, scale);
    const [slope] = differentiate(b, total, [parameters]);
    return { name, total, slope: present(slope, `the gradient of the penalty on ${name}`) };
  });
}

/** bool [1]: x − x is 0 only for finite x. */
function isFinite(b: GraphBuilder, x: Value): Value {
  return b.one({
    operator: 'Equal',
    inputs: [subtract(b, x, x), b.floats([0], [1])],
    outputs: [{ shape: [1], type: 'bool' }],
  });
}
