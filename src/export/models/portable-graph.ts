import type { AdapterMethod, MaskValues } from '../../adapters/adapter-method.ts';
import type { EncoderContext, EncoderInputs } from '../../models/encoder.ts';
import { floatProduct, type WeightLookup } from '../../models/weights/frozen-product.ts';
import type { Head } from '../../models/heads/heads.ts';
import type { OpenedEncoder } from '../../models/open-encoder.ts';
import { checkGraph } from '../../onnx/check-graph.ts';
import { foldSumIntoGemm } from '../../onnx/rewrites/fold-sum-into-gemm.ts';
import type { ConstantData, ExternalData, Graph, Value } from '../../onnx/graph.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { keepNeeded } from '../../onnx/rewrites/keep-needed.ts';
import { add, divide } from '../../onnx/operators.ts';
import type { AdapterMasks, TrainableLayout } from '../../train/engine/adapter-engine.ts';
import { moduleRanks } from '../../train/engine/graphs/trainable-layout.ts';
import type { AdaptedWeights } from './adapted-weights.ts';

export interface PortableGraphRequest {
  readonly opened: OpenedEncoder;
  readonly head: Head;
  readonly layout: TrainableLayout;
  readonly method: AdapterMethod;
  /** s, which each member's update is multiplied by. */
  readonly scale: number;
  readonly adapted: AdaptedWeights;
  /** Each member's masks of rows and columns; empty: one pass without masks, the update added to the weights. */
  readonly members: readonly AdapterMasks[];
  /** Makes, of members' logits, the outputs that are averaged; null: it is the logits. */
  readonly probabilities: ((b: GraphBuilder, logits: Value) => Value) | null;
  /** Where a weight's elements go: into the graph, or into a file beside it. */
  readonly place: (name: string, data: Float32Array) => ConstantData | ExternalData;
}

/**
 * A trial's evaluation as one graph of inference: base, adapter and head, with the ensemble's members beside one
 * another over the same frozen weights. Inputs are int64 [batch, tokens] (those of input_ids, attention_mask and
 * token_type_ids that the base reads), its output `logits`, [batch, labels] or [batch, tokens, labels]; or
 * `probabilities`, where members' probabilities are averaged.
 */
export function portableGraph(request: PortableGraphRequest): Graph {
  const b = new GraphBuilder();
  const inputs: EncoderInputs = {
    inputIds: b.input('input_ids', 'int64', ['batch', 'tokens']),
    attentionMask: b.input('attention_mask', 'int64', ['batch', 'tokens']),
    tokenTypeIds: b.input('token_type_ids', 'int64', ['batch', 'tokens']),
  };
  const values = weightValues(b, request);
  const passes: readonly (AdapterMasks | null)[] = request.members.length === 0 ? [null] : request.members;
  const outputs = passes.map((masks) => {
    const logits = onePass(b, request, inputs, values, masks);
    return request.probabilities === null ? logits : request.probabilities(b, logits);
  });
  const sum = outputs.reduce((total, output) => add(b, total, output));
  const mean = outputs.length === 1 ? sum : divide(b, sum, b.floats([outputs.length]));
  const graph = b.build('dropsweep', [mean]);
  return checkGraph(
    onlyReadInputs(
      keepNeeded(foldSumIntoGemm(named(graph, mean, request.probabilities === null ? 'logits' : 'probabilities'))),
    ),
  );
}

interface WeightValues {
  readonly frozen: WeightLookup;
  readonly trained: (name: string) => Value;
}

/** Each tensor is written once, however many members read it. */
function weightValues(
  b: GraphBuilder,
  { adapted, opened, layout, members, place }: PortableGraphRequest,
): WeightValues {
  const known = new Map<string, Value>();
  const once = (key: string, shape: readonly number[], read: () => Float32Array): Value => {
    const value = known.get(key) ?? b.weight(key, shape, place(key, read()));
    known.set(key, value);
    return value;
  };
  return {
    frozen: (name, shape) =>
      once(name, shape, () => (members.length === 0 ? adapted.read(name, shape) : opened.weights.read(name, shape))),
    trained: (name) => {
      const tensor = layout.tensors.find((one) => one.name === name);
      if (tensor === undefined) throw new Error(`the layout has no tensor ${name}`);
      return once(name, tensor.shape, () => adapted.trained(name).slice());
    },
  };
}

/** @param masks null: the update is in the weights already */
function onePass(
  b: GraphBuilder,
  { opened, head, layout, method, scale }: PortableGraphRequest,
  inputs: EncoderInputs,
  { frozen, trained }: WeightValues,
  masks: AdapterMasks | null,
): Value {
  const maskValues = masks === null ? new Map<string, MaskValues>() : cutMasks(b, layout, masks);
  const trainable = (name: string): Value => trained(`head.${name}`);
  const context: EncoderContext = {
    b,
    weight: frozen,
    trainable,
    frozenProduct: floatProduct(b, frozen),
    adapt: (linear, x, y) => {
      const mask = maskValues.get(linear);
      if (mask === undefined) return y;
      return method.addUpdate(b, x, y, (part) => trained(`${linear}.${part}`), mask, b.floats([scale]));
    },
    drop: (_place, x) => x,
  };
  const read = opened.encoder.build(context, inputs, head.reading);
  const { inputIds, attentionMask } = inputs;
  return head.logits({ b, weight: frozen, trainable, inputIds, attentionMask }, read);
}

/** Each adapted linear's masks as constants. */
function cutMasks(
  b: GraphBuilder,
  layout: TrainableLayout,
  { input, output, rank }: AdapterMasks,
): ReadonlyMap<string, MaskValues> {
  const { modules } = layout;
  const ranks = rank === undefined ? [] : moduleRanks(layout);
  let rankAt = 0;
  let inputAt = 0;
  let outputAt = 0;
  return new Map(
    modules.map(({ name, inFeatures, outFeatures }, index) => {
      const ownRank = ranks[index] ?? 0;
      const values = {
        input: b.floats([...input.subarray(inputAt, inputAt + inFeatures)]),
        output: b.floats([...output.subarray(outputAt, outputAt + outFeatures)]),
        ...(rank === undefined ? {} : { rank: b.floats([...rank.subarray(rankAt, rankAt + ownRank)]) }),
      };
      inputAt += inFeatures;
      outputAt += outFeatures;
      rankAt += ownRank;
      return [name, values];
    }),
  );
}

/** The output under a name that does not depend on how the graph was built. */
function named(graph: Graph, output: Value, name: string): Graph {
  const renamed: Value = { ...output, name };
  return {
    ...graph,
    outputs: [renamed],
    nodes: [
      ...graph.nodes,
      {
        operator: 'Identity',
        domain: '',
        name: `${name}_as_named`,
        inputs: [output],
        outputs: [renamed],
        attributes: {},
      },
    ],
  };
}

/** RoBERTa and the decoders read no token types: nobody has to feed them. */
function onlyReadInputs(graph: Graph): Graph {
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs.flatMap((input) => input?.name ?? [])));
  return { ...graph, inputs: graph.inputs.filter(({ name }) => read.has(name)) };
}
