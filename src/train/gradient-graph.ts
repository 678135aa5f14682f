import { addLoraUpdate, type LoraTensors } from '../adapters/lora/linear.ts';
import { backpropagate } from '../autodiff/differentiate.ts';
import type { Encoder, EncoderInputs } from '../models/encoder.ts';
import type { Head, HeadContext } from '../models/heads.ts';
import type { Loss } from '../models/losses.ts';
import type { WeightCatalog } from '../models/weight-catalog.ts';
import { checkGraph } from '../onnx/check-graph.ts';
import { foldSumIntoGemm } from '../onnx/fold-sum-into-gemm.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { keepNeeded } from '../onnx/keep-needed.ts';
import { multiply, reshape, split, unary } from '../onnx/operators.ts';
import type { TrainableLayout } from './adapter-engine.ts';
import { tensorLength } from './trainable-layout.ts';
import { buildObjective } from './training-objective.ts';

export interface GradientGraphRequest {
  readonly encoder: Encoder;
  readonly weights: WeightCatalog;
  readonly head: Head;
  readonly loss: Loss;
  readonly layout: TrainableLayout;
  /** s = alpha / rank */
  readonly scale: number;
}

interface StepInputs extends EncoderInputs {
  readonly training: Value;
  readonly labels: Value;
  /** [pack, length] */
  readonly parameters: Value;
  /** [pack, Σ in_features] */
  readonly inputMasks: Value;
  /** [pack, Σ out_features] */
  readonly outputMasks: Value;
  /** [] */
  readonly updateScale: Value;
}

/**
 * One graph for training and evaluation: an If whose branches share the frozen weights. Training gives logits, loss
 * and the gradient of the flat parameter vector; evaluation gives logits. The pack axis has size 1 here.
 */
export function buildGradientGraph(request: GradientGraphRequest): Graph {
  const outer = new GraphBuilder();
  const inputs = declareInputs(outer, request);
  const shared = new Map<string, Value>();
  const weight = (name: string, shape: readonly number[]): Value => {
    const known = shared.get(name) ?? request.weights.value(outer, name, shape);
    shared.set(name, known);
    return known;
  };
  const training = buildTraining(new GraphBuilder('train_'), request, inputs, weight);
  const evaluation = buildEvaluation(new GraphBuilder('evaluate_'), request, inputs, weight);
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
      { shape: [] },
      { shape: [1, 'gradients'] },
    ],
    label: 'step',
  });
  if (logits === undefined || loss === undefined || gradient === undefined) throw new Error('a step has three outputs');
  return checkGraph(
    outer.build('gradient', [
      { ...logits, name: logits.name },
      { ...loss, name: loss.name },
      { ...gradient, name: gradient.name },
    ]),
  );
}

function declareInputs(b: GraphBuilder, { loss, layout }: GradientGraphRequest): StepInputs {
  const sum = (size: 'inFeatures' | 'outFeatures') => layout.modules.reduce((total, module) => total + module[size], 0);
  return {
    training: b.input('training', 'bool', []),
    inputIds: b.input('input_ids', 'int64', ['batch', 'tokens']),
    attentionMask: b.input('attention_mask', 'int64', ['batch', 'tokens']),
    tokenTypeIds: b.input('token_type_ids', 'int64', ['batch', 'tokens']),
    labels: b.input('labels', loss.labels.type, loss.labels.columns === 1 ? ['batch'] : ['batch', loss.labels.columns]),
    parameters: b.input('parameters', 'float', [1, layout.length]),
    inputMasks: b.input('input_masks', 'float', [1, sum('inFeatures')]),
    outputMasks: b.input('output_masks', 'float', [1, sum('outFeatures')]),
    updateScale: b.input('update_scale', 'float', []),
  };
}

type WeightLookup = (name: string, shape: readonly number[]) => Value;

function buildTraining(
  b: GraphBuilder,
  request: GradientGraphRequest,
  inputs: StepInputs,
  weight: WeightLookup,
): Graph {
  const { context, read } = buildReading(b, request, inputs, weight);
  const { logits, loss, known } = buildObjective(context, request, read, inputs.labels);
  const [gradient] = backpropagate(b, known, [inputs.parameters]);
  if (gradient === null || gradient === undefined) throw new Error('the loss depends on the parameters');
  return optimise(b.build('train', [logits, loss, gradient]));
}

function buildEvaluation(
  b: GraphBuilder,
  request: GradientGraphRequest,
  inputs: StepInputs,
  weight: WeightLookup,
): Graph {
  const { context, read } = buildReading(b, request, inputs, weight);
  const logits = request.head.logits(context, read);
  const none = unary(b, 'Identity', b.floats([0]));
  const noGradient = unary(b, 'Identity', b.floats([], [1, 0]));
  return optimise(b.build('evaluate', [logits, none, noGradient]));
}

function optimise(graph: Graph): Graph {
  return foldSumIntoGemm(keepNeeded(graph));
}

/** What the head reads of the adapted model, and where the head is built. */
function buildReading(
  b: GraphBuilder,
  request: GradientGraphRequest,
  inputs: StepInputs,
  weight: WeightLookup,
): { readonly context: HeadContext; readonly read: Value } {
  const { encoder, head } = request;
  const tensors = splitParameters(b, request.layout, inputs.parameters);
  const lora = loraTensors(b, request.layout, tensors, inputs);
  const scale = multiply(b, inputs.updateScale, b.floats([request.scale]));
  const context = {
    b,
    weight,
    adapt: (linear: string, x: Value, y: Value) => {
      const adapter = lora.get(linear);
      return adapter === undefined ? y : addLoraUpdate(b, x, y, adapter, scale);
    },
  };
  const read = encoder.build(context, inputs, head.reading);
  const trainable = (name: string) => tensors.get(`head.${name}`) ?? missing(name);
  return { context: { b, weight, trainable, inputIds: inputs.inputIds }, read };
}

function splitParameters(b: GraphBuilder, layout: TrainableLayout, parameters: Value): ReadonlyMap<string, Value> {
  const parts = split(b, parameters, 1, layout.tensors.map(tensorLength));
  return new Map(
    layout.tensors.map((tensor, index) => [
      tensor.name,
      reshape(b, parts[index] ?? missing(tensor.name), tensor.shape),
    ]),
  );
}

function loraTensors(
  b: GraphBuilder,
  layout: TrainableLayout,
  tensors: ReadonlyMap<string, Value>,
  inputs: StepInputs,
): ReadonlyMap<string, LoraTensors> {
  const inputParts = split(
    b,
    inputs.inputMasks,
    1,
    layout.modules.map((module) => module.inFeatures),
  );
  const outputParts = split(
    b,
    inputs.outputMasks,
    1,
    layout.modules.map((module) => module.outFeatures),
  );
  return new Map(
    layout.modules.map(({ name, inFeatures, outFeatures }, index) => [
      name,
      {
        a: tensors.get(`${name}.lora_A`) ?? missing(name),
        b: tensors.get(`${name}.lora_B`) ?? missing(name),
        inputMask: reshape(b, inputParts[index] ?? missing(name), [inFeatures]),
        outputMask: reshape(b, outputParts[index] ?? missing(name), [outFeatures]),
      },
    ]),
  );
}

function missing(name: string): never {
  throw new Error(`the layout has no tensor ${name}`);
}
