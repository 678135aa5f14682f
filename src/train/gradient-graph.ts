import type { AdapterMethod, MaskValues } from '../adapters/adapter-method.ts';
import { backpropagate, type KnownGradient } from '../autodiff/differentiate.ts';
import type { ConvertedWeights } from '../models/converted-weights.ts';
import type { Encoder, EncoderContext, EncoderInputs } from '../models/encoder.ts';
import { floatProduct, type FrozenProduct, type WeightLookup } from '../models/frozen-product.ts';
import type { Head, HeadContext } from '../models/heads.ts';
import type { Loss } from '../models/losses.ts';
import type { FrozenWeights } from '../models/frozen-weights.ts';
import { checkGraph } from '../onnx/check-graph.ts';
import { foldSumIntoGemm } from '../onnx/fold-sum-into-gemm.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { keepNeeded } from '../onnx/keep-needed.ts';
import { lowerQuantisedLinears } from '../onnx/lower-quantised-linears.ts';
import { divide, multiply, split, unary } from '../onnx/operators.ts';
import { packGraph } from '../packing/pack-graph.ts';
import type { TrainableLayout } from './adapter-engine.ts';
import { tensorValues } from './trainable-layout.ts';
import { buildObjective } from './training-objective.ts';

export interface GradientGraphRequest {
  readonly encoder: Encoder;
  readonly weights: FrozenWeights;
  /** The frozen linears in another precision; absent or null: in float32. */
  readonly converted?: ConvertedWeights | null;
  readonly head: Head;
  readonly loss: Loss;
  readonly method: AdapterMethod;
  readonly layout: TrainableLayout;
  /** s */
  readonly scale: number;
  /** Trainings or instances that one run takes, each with parameters and masks of its own; absent: one, unpacked. */
  readonly pack?: number;
}

/** What each pass over a batch has of its own. */
export const ownInputs: ReadonlySet<string> = new Set(['parameters', 'input_masks', 'output_masks', 'loss_scale']);

interface StepInputs extends EncoderInputs {
  readonly training: Value;
  readonly labels: Value;
  /** [length] */
  readonly parameters: Value;
  /** [Σ in_features] */
  readonly inputMasks: Value;
  /** [Σ out_features] */
  readonly outputMasks: Value;
  /** [] */
  readonly updateScale: Value;
  /** []; null: the loss is not scaled */
  readonly lossScale: Value | null;
}

/**
 * One graph for training and evaluation: an If whose branches share the frozen weights. Training gives logits, loss
 * and the gradient of the flat parameter vector; evaluation gives logits. With a pack, all of them and the members' own
 * inputs have the pack axis before their axes, and what depends on no member is computed once.
 */
export function buildGradientGraph(request: GradientGraphRequest): Graph {
  const outer = new GraphBuilder();
  const inputs = declareInputs(outer, request);
  const { pack } = request;
  const base = shareBase(outer, request);
  const training = buildTraining(new GraphBuilder('train_'), request, inputs, base);
  const evaluation = buildEvaluation(new GraphBuilder('evaluate_'), request, inputs, base);
  const [logits, loss, gradient] = outer.add({
    operator: 'If',
    inputs: [inputs.training],
    attributes: {
      then_branch: { kind: 'graph', value: training },
      else_branch: { kind: 'graph', value: evaluation },
    },
    // Of each output, the one that is empty in the other branch says the axes; sizes that differ have names.
    outputs: [
      { shape: (evaluation.outputs[0] ?? missing('logits')).shape.map((_, axis) => `logits_${axis}`) },
      { shape: pack === undefined ? [] : [pack] },
      { shape: pack === undefined ? ['gradients'] : [pack, 'gradients'] },
    ],
    label: 'step',
  });
  if (logits === undefined || loss === undefined || gradient === undefined) throw new Error('a step has three outputs');
  const graph = outer.build('gradient', [logits, loss, gradient]);
  return checkGraph(keepNeeded(pack === undefined ? graph : { ...graph, inputs: graph.inputs.map(withPack(pack)) }));
}

function withPack(pack: number): (input: Value) => Value {
  return (input) => (ownInputs.has(input.name) ? { ...input, shape: [pack, ...input.shape] } : input);
}

/** The frozen base as both branches have it. */
interface Base {
  readonly weight: WeightLookup;
  readonly product: (b: GraphBuilder) => FrozenProduct;
}

/** Each weight is declared once, in the outer graph. */
function shareBase(outer: GraphBuilder, { weights, converted }: GradientGraphRequest): Base {
  const shared = new Map<string, Value>();
  const weight = (name: string, shape: readonly number[]): Value => {
    const known = shared.get(name) ?? weights.value(outer, name, shape);
    shared.set(name, known);
    return known;
  };
  if (converted === undefined || converted === null) return { weight, product: (b) => floatProduct(b, weight) };
  return { weight, product: converted.products(outer, weight) };
}

function declareInputs(b: GraphBuilder, { loss, layout, converted }: GradientGraphRequest): StepInputs {
  const sum = (size: 'inFeatures' | 'outFeatures') => layout.modules.reduce((total, module) => total + module[size], 0);
  return {
    training: b.input('training', 'bool', []),
    inputIds: b.input('input_ids', 'int64', ['batch', 'tokens']),
    attentionMask: b.input('attention_mask', 'int64', ['batch', 'tokens']),
    tokenTypeIds: b.input('token_type_ids', 'int64', ['batch', 'tokens']),
    labels: b.input('labels', loss.labels.type, loss.labels.columns === 1 ? ['batch'] : ['batch', loss.labels.columns]),
    parameters: b.input('parameters', 'float', [layout.length]),
    inputMasks: b.input('input_masks', 'float', [sum('inFeatures')]),
    outputMasks: b.input('output_masks', 'float', [sum('outFeatures')]),
    updateScale: b.input('update_scale', 'float', []),
    lossScale: converted?.scalesLoss === true ? b.input('loss_scale', 'float', []) : null,
  };
}

function buildTraining(b: GraphBuilder, request: GradientGraphRequest, inputs: StepInputs, base: Base): Graph {
  const { context, read } = buildReading(b, request, inputs, base);
  const { logits, loss, known } = buildObjective(context, request, read, inputs.labels);
  const gradient = takeGradient(b, known, inputs);
  return optimise(b.build('train', [logits, loss, gradient]), request);
}

/** The gradient goes back through the model as a multiple of itself, where products in float16 would lose it. */
function takeGradient(b: GraphBuilder, known: KnownGradient, { parameters, lossScale }: StepInputs): Value {
  const start = lossScale === null ? known : { ...known, gradient: multiply(b, known.gradient, lossScale) };
  const [gradient] = backpropagate(b, start, [parameters]);
  if (gradient === null || gradient === undefined) throw new Error('the loss depends on the parameters');
  return lossScale === null ? gradient : divide(b, gradient, lossScale);
}

function buildEvaluation(b: GraphBuilder, request: GradientGraphRequest, inputs: StepInputs, base: Base): Graph {
  const { context, read } = buildReading(b, request, inputs, base);
  const logits = request.head.logits(context, read);
  const none = unary(b, 'Identity', b.floats([0]));
  const noGradient = unary(b, 'Identity', b.floats([], [0]));
  return optimise(b.build('evaluate', [logits, none, noGradient]), request);
}

function optimise(graph: Graph, { pack }: GradientGraphRequest): Graph {
  // Sums are folded before packing: what is added up in which order is the same in a pack and alone.
  const folded = foldSumIntoGemm(keepNeeded(graph));
  return lowerQuantisedLinears(pack === undefined ? folded : keepNeeded(packGraph(folded, ownInputs, pack)));
}

/** What the head reads of the adapted model, and where the head is built. */
function buildReading(
  b: GraphBuilder,
  request: GradientGraphRequest,
  inputs: StepInputs,
  base: Base,
): { readonly context: HeadContext; readonly read: Value } {
  const { encoder, head, method } = request;
  const { weight } = base;
  const tensor = tensorValues(b, request.layout, inputs.parameters);
  const masks = moduleMasks(b, request.layout, inputs);
  const scale = multiply(b, inputs.updateScale, b.floats([request.scale]));
  const trainable = (name: string) => tensor(`head.${name}`);
  const context: EncoderContext = {
    b,
    weight,
    trainable,
    frozenProduct: base.product(b),
    adapt: (linear, x, y) => {
      const mask = masks.get(linear);
      if (mask === undefined) return y;
      return method.addUpdate(b, x, y, (part) => tensor(`${linear}.${part}`), mask, scale);
    },
  };
  const read = encoder.build(context, inputs, head.reading);
  return { context: { b, weight, trainable, inputIds: inputs.inputIds, attentionMask: inputs.attentionMask }, read };
}

/** Each adapted linear's masks, by its name. */
function moduleMasks(
  b: GraphBuilder,
  { modules }: TrainableLayout,
  inputs: StepInputs,
): ReadonlyMap<string, MaskValues> {
  const cut = (masks: Value, size: 'inFeatures' | 'outFeatures') =>
    split(
      b,
      masks,
      0,
      modules.map((module) => module[size]),
    );
  const inputParts = cut(inputs.inputMasks, 'inFeatures');
  const outputParts = cut(inputs.outputMasks, 'outFeatures');
  return new Map(
    modules.map(({ name }, index) => [
      name,
      {
        input: inputParts[index] ?? missing(name),
        output: outputParts[index] ?? missing(name),
      },
    ]),
  );
}

function missing(name: string): never {
  throw new Error(`there are no masks for ${name}`);
}
