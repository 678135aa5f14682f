import { present } from '../../../base/defect.ts';
import type { AdapterMethod, PartValues } from '../../../adapters/adapter-method.ts';
import { backpropagate, type KnownGradient } from '../../../autodiff/differentiate.ts';
import type { ConvertedWeights } from '../../../models/weights/converted-weights.ts';
import type { Encoder, EncoderContext, EncoderInputs, TableRows, TokenRows } from '../../../models/encoder.ts';
import { floatProduct, type FrozenProduct, type WeightLookup } from '../../../models/weights/frozen-product.ts';
import type { Head, HeadContext } from '../../../models/heads/heads.ts';
import type { Loss } from '../../../models/heads/losses.ts';
import type { FrozenWeights } from '../../../models/weights/frozen-weights.ts';
import { checkGraph } from '../../../onnx/check-graph.ts';
import { foldBiasIntoGemm } from '../../../onnx/rewrites/fold-bias-into-gemm.ts';
import { foldSumIntoGemm } from '../../../onnx/rewrites/fold-sum-into-gemm.ts';
import { lowerKeptElements } from '../../../onnx/rewrites/keep-elements.ts';
import type { Graph, Value } from '../../../onnx/graph.ts';
import { GraphBuilder } from '../../../onnx/graph-builder.ts';
import { joinAsMade } from '../../../onnx/rewrites/join-as-made.ts';
import { makeWideAgain } from '../../../onnx/rewrites/make-again.ts';
import { keepNeeded } from '../../../onnx/rewrites/keep-needed.ts';
import { lowerQuantisedLinears } from '../../../onnx/rewrites/lower-quantised-linears.ts';
import { mergeNarrowProducts } from '../../../onnx/rewrites/merge-narrow-products.ts';
import { divide, multiply, unary } from '../../../onnx/operators.ts';
import { lowerTakenRows } from '../../../onnx/rewrites/take-rows.ts';
import { sizesOfEndedValues } from '../../../onnx/sizes/sizes-from-integers.ts';
import { packGraph } from '../../../packing/pack-graph.ts';
import type { PlaceKind } from '../../../sweep/element-dropout.ts';
import { type AdapterInputs, declareAdapter, moduleMasks, rowMasks } from './adapter-inputs.ts';
import type { TrainableLayout } from '../adapter-engine.ts';
import { type DropoutPlace, DropoutPlaces, factorInput, keepInput } from '../masks/dropout-places.ts';
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
  /** Whether rows hold several texts, see EncoderInputs. */
  readonly severalTexts?: boolean;
  /** Whether tokens have rows without padding, see TokenRows; absent: they do not. */
  readonly leavesPaddingOut?: boolean;
  /** Kinds of element-wise dropout that the graph has inputs for; absent: none. */
  readonly drops?: ReadonlySet<PlaceKind>;
  /** Whether ranks are masked; absent: they are not. */
  readonly masksRanks?: boolean;
  /** Trainings or instances that one run takes, each with parameters and masks of its own; absent: one, unpacked. */
  readonly pack?: number;
}

export interface GradientGraph {
  readonly graph: Graph;
  /** Where elements are dropped, each with an input of its own. */
  readonly places: readonly DropoutPlace[];
}

/** The inputs that each pass over a batch has of its own. */
export function ownInputs(places: readonly DropoutPlace[]): ReadonlySet<string> {
  const elements = places.flatMap((place) => [keepInput(place), factorInput(place.kind)]);
  return new Set(['parameters', 'input_masks', 'output_masks', 'rank_masks', 'loss_scale', ...elements]);
}

interface StepInputs extends EncoderInputs, AdapterInputs {
  readonly training: Value;
  readonly labels: Value;
  /** []; null: the loss is not scaled */
  readonly lossScale: Value | null;
}

/**
 * One graph for training and evaluation: an If whose branches share the frozen weights. Training gives logits, loss
 * and the gradient of the flat parameter vector; evaluation gives logits. With a pack, all of them and the members' own
 * inputs have the pack axis before their axes, and what depends on no member is computed once.
 */
export function buildGradientGraph(request: GradientGraphRequest): GradientGraph {
  const outer = new GraphBuilder();
  const inputs = declareInputs(outer, request);
  const { pack } = request;
  const shared = { ...shareBase(outer, request), places: new DropoutPlaces(outer, request.drops ?? new Set()) };
  const training = buildTraining(new GraphBuilder('train_'), request, inputs, shared);
  const evaluation = buildEvaluation(new GraphBuilder('evaluate_'), request, inputs, shared);
  const [logits, loss, gradient] = outer.add({
    operator: 'If',
    inputs: [inputs.training],
    attributes: {
      then_branch: { kind: 'graph', value: training },
      else_branch: { kind: 'graph', value: evaluation },
    },
    // Of each output, the one that is empty in the other branch says the axes; sizes that differ have names.
    outputs: [
      { shape: present(evaluation.outputs[0], 'the logits').shape.map((_, axis) => `logits_${axis}`) },
      { shape: pack === undefined ? [] : [pack] },
      { shape: pack === undefined ? ['gradients'] : [pack, 'gradients'] },
    ],
    label: 'step',
  });
  if (logits === undefined || loss === undefined || gradient === undefined) throw new Error('a step has three outputs');
  const graph = outer.build('gradient', [logits, loss, gradient]);
  const places = shared.places.found;
  const packed = pack === undefined ? graph : { ...graph, inputs: graph.inputs.map(withPack(pack, ownInputs(places))) };
  return { graph: checkGraph(keepNeeded(packed)), places };
}

function withPack(pack: number, own: ReadonlySet<string>): (input: Value) => Value {
  return (input) => (own.has(input.name) ? { ...input, shape: [pack, ...input.shape] } : input);
}

/** The frozen base as both branches have it. */
interface Base {
  readonly weight: WeightLookup;
  readonly product: (b: GraphBuilder) => FrozenProduct;
}

interface Shared extends Base {
  readonly places: DropoutPlaces;
}

/** Each weight is declared once, in the outer graph. */
export function shareBase(outer: GraphBuilder, { weights, converted }: GradientGraphRequest): Base {
  const shared = new Map<string, Value>();
  const weight = (name: string, shape: readonly number[]): Value => {
    const known = shared.get(name) ?? weights.value(outer, name, shape);
    shared.set(name, known);
    return known;
  };
  if (converted === undefined || converted === null) return { weight, product: (b) => floatProduct(b, weight) };
  return { weight, product: converted.products(outer, weight) };
}

function declareInputs(b: GraphBuilder, request: GradientGraphRequest): StepInputs {
  const { loss, converted } = request;
  return {
    training: b.input('training', 'bool', []),
    inputIds: b.input('input_ids', 'int64', ['batch', 'tokens']),
    attentionMask: b.input('attention_mask', 'int64', ['batch', 'tokens']),
    tokenTypeIds: b.input('token_type_ids', 'int64', ['batch', 'tokens']),
    labels: b.input('labels', loss.labels.type, loss.labels.columns === 1 ? ['batch'] : ['batch', loss.labels.columns]),
    ...(request.leavesPaddingOut === true ? { tokenRows: declareRows(b) } : {}),
    ...declareAdapter(b, request),
    lossScale: converted?.scalesLoss === true ? b.input('loss_scale', 'float', []) : null,
  };
}

function declareRows(b: GraphBuilder): TokenRows {
  return {
    places: b.input('token_places', 'int64', ['kept']),
    numbers: b.input('token_rows', 'int64', ['batch', 'tokens']),
  };
}

function buildTraining(b: GraphBuilder, request: GradientGraphRequest, inputs: StepInputs, shared: Shared): Graph {
  const { context, read } = buildReading(b, request, inputs, shared);
  const { logits, loss, known } = buildObjective(context, request, read, inputs.labels);
  const forward = mergeNarrowProducts(b.build('train', [logits, loss, known.value, known.gradient]));
  const back = GraphBuilder.following(forward, 'train_back_');
  const gradient = takeGradient(back, known, inputs);
  const whole = makeWideAgain(back.build('train', [logits, loss, gradient]), forward.nodes.length);
  return optimise(joinAsMade(whole, gradient), request, shared.places.found);
}

/** The gradient goes back through the model as a multiple of itself, where products in float16 would lose it. */
function takeGradient(b: GraphBuilder, known: KnownGradient, { parameters, lossScale }: StepInputs): Value {
  const start = lossScale === null ? known : { ...known, gradient: multiply(b, known.gradient, lossScale) };
  const [gradient] = backpropagate(b, start, [parameters]);
  const found = present(gradient, 'the gradient of the loss to the parameters');
  return lossScale === null ? found : divide(b, found, lossScale);
}

function buildEvaluation(b: GraphBuilder, request: GradientGraphRequest, inputs: StepInputs, shared: Shared): Graph {
  // Sorted batches have little padding: that leaving it out pays there was not shown. The bits are the same.
  const { tokenRows: _, ...padded } = inputs;
  const { context, read } = buildReading(b, request, padded, shared);
  const logits = request.head.logits(context, read);
  const none = unary(b, 'Identity', b.floats([0]));
  const noGradient = unary(b, 'Identity', b.floats([], [0]));
  const graph = mergeNarrowProducts(b.build('evaluate', [logits, none, noGradient]));
  return optimise(graph, request, shared.places.found);
}

export function optimise(
  graph: Graph,
  { pack }: Pick<GradientGraphRequest, 'pack'>,
  places: readonly DropoutPlace[],
): Graph {
  // Sums are folded before packing: what is added up in which order is the same in a pack and alone.
  const folded = foldSumIntoGemm(keepNeeded(lowerTakenRows(graph)));
  const short = foldBiasIntoGemm(folded);
  const packed = pack === undefined ? short : keepNeeded(packGraph(short, ownInputs(places), pack));
  return sizesOfEndedValues(lowerKeptElements(lowerQuantisedLinears(packed)));
}

/** Builds the adapted model as far as the head reads it, and the head. */
export function buildReading(
  b: GraphBuilder,
  request: GradientGraphRequest,
  inputs: EncoderInputs & AdapterInputs,
  shared: Shared,
): { readonly context: HeadContext; readonly read: Value } {
  const { encoder, head, method } = request;
  const { weight, places } = shared;
  const tensor = tensorValues(b, request.layout, inputs.parameters);
  const masks = moduleMasks(b, request.layout, inputs);
  const scale = multiply(b, inputs.updateScale, b.floats([request.scale]));
  const trainable = (name: string) => tensor(`head.${name}`);
  const callsOf = new Map<string, number>();
  const context: EncoderContext = {
    b,
    weight,
    trainable,
    frozenProduct: shared.product(b),
    adapt: (linear, x, y, table) => {
      const mask = masks.get(linear);
      if (mask === undefined) return y;
      const parts: PartValues = (part) => tensor(`${linear}.${part}`);
      const ofRows = rowMasks(b, places, linear, table);
      const own = places.drop(b, loraPlace(callsOf, linear, x, table), x);
      const columns = places.drop(
        b,
        { kind: 'row_columns', name: `${linear}.columns`, ...(table && { table }) },
        own?.kept ?? x,
      );
      // The factors are laid on A's columns with their mask: r · in elements, not tokens · in.
      const factors = [own, columns].flatMap((dropped) => (dropped === null ? [] : [dropped.factor]));
      const input = factors.reduce((product, factor) => multiply(b, product, factor), mask.input);
      return method.addUpdate(b, columns?.kept ?? own?.kept ?? x, y, parts, { ...mask, ...ofRows, input }, scale);
    },
    drop: (name, x, table) => {
      const dropped = places.drop(b, { kind: 'hidden_dropout', name, ...(table && { table }) }, x);
      return dropped === null ? x : multiply(b, dropped.kept, dropped.factor);
    },
  };
  const several = request.severalTexts === true ? ({ severalTexts: true } as const) : {};
  const read = encoder.build(context, { ...inputs, ...several }, head.reading);
  return { context: { b, weight, trainable, inputIds: inputs.inputIds, attentionMask: inputs.attentionMask }, read };
}

/**
 * A linear that is called several times, on a table of positions or by layers that share it, has a mask for each, as
 * PEFT draws one for each call.
 */
function loraPlace(callsOf: Map<string, number>, linear: string, x: Value, table: TableRows | undefined) {
  const ofTable = table !== undefined || typeof x.shape[0] === 'number';
  const called = ofTable ? `${linear}.positions` : linear;
  const calls = (callsOf.get(called) ?? 0) + 1;
  callsOf.set(called, calls);
  const name = calls === 1 ? called : `${called}.${calls}`;
  return { kind: 'lora_dropout' as const, name, ...(table && { table }) };
}
