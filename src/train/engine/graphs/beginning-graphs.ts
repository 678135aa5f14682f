import type { Past } from '../../../models/encoder.ts';
import { checkGraph } from '../../../onnx/check-graph.ts';
import type { Graph, Value } from '../../../onnx/graph.ts';
import { GraphBuilder } from '../../../onnx/graph-builder.ts';
import { keepNeeded } from '../../../onnx/rewrites/keep-needed.ts';
import { concat } from '../../../onnx/operators.ts';
import { sizeAt } from '../../../onnx/sizes/run-time-sizes.ts';
import { DropoutPlaces } from '../masks/dropout-places.ts';
import type { PastInput } from './generation-graph.ts';
import { declareAdapter } from './adapter-inputs.ts';
import { buildReading, type GradientGraphRequest, optimise, shareBase } from './gradient-graph.ts';

/** Rows that begin alike in two graphs: their beginning, which is read once, and each row behind it. */
export interface BeginningGraphs {
  /** Inputs input_ids [1, tokens] and the adapter's; outputs the keys and values of every layer, in the order of `past`. */
  readonly beginning: Graph;
  /** Inputs input_ids and attention_mask [batch, tokens], past_tokens [1], the past and the adapter's; output the logits. */
  readonly behind: Graph;
  /** [1, past, heads, size] */
  readonly past: readonly PastInput[];
}

/** Of a decoder alone: others read every token before every other. */
export function buildBeginningGraphs(request: GradientGraphRequest): BeginningGraphs {
  const { graph: beginning, past } = buildBeginning(request);
  return { beginning, behind: buildBehind(request, past), past };
}

function buildBeginning(request: GradientGraphRequest): { readonly graph: Graph; readonly past: readonly PastInput[] } {
  const b = new GraphBuilder();
  const found: PastInput[] = [];
  const kept: Value[] = [];
  const past: Past = {
    tokens: b.int64s([0]),
    join(layer, part, own) {
      found.push({ name: `past_${part}.${layer}`, heads: Number(own.shape[2]), size: Number(own.shape[3]) });
      kept.push(own);
      return own;
    },
  };
  const inputIds = b.input('input_ids', 'int64', ['batch', 'tokens']);
  build(b, request, { inputIds, attentionMask: inputIds, past });
  return { graph: finished(b.build('beginning', kept)), past: found };
}

function buildBehind(request: GradientGraphRequest, wanted: readonly PastInput[]): Graph {
  const b = new GraphBuilder();
  const inputIds = b.input('input_ids', 'int64', ['batch', 'tokens']);
  const attentionMask = b.input('attention_mask', 'int64', ['batch', 'tokens']);
  const rows = concat(b, [sizeAt(b, inputIds, 0), b.int64s([1, 1, 1])], 0);
  const past: Past = {
    tokens: b.input('past_tokens', 'int64', [1]),
    join(layer, part, own) {
      const name = `past_${part}.${layer}`;
      const { heads, size } = wanted.find((each) => each.name === name) ?? missing(name);
      const before = b.input(name, 'float', [1, 'past', heads, size]);
      const ofEach = b.one({
        operator: 'Expand',
        inputs: [before, rows],
        outputs: [{ shape: ['batch', 'past', heads, size] }],
      });
      return concat(b, [ofEach, own], 1);
    },
  };
  const { context, read } = build(b, request, { inputIds, attentionMask, past });
  return finished(b.build('behind', [request.head.logits(context, read)]));
}

interface ReadTokens {
  readonly inputIds: Value;
  readonly attentionMask: Value;
  readonly past: Past;
}

function build(b: GraphBuilder, request: GradientGraphRequest, tokens: ReadTokens) {
  const inputs = { ...declareAdapter(b, request), ...tokens, tokenTypeIds: tokens.inputIds };
  return buildReading(b, request, inputs, { ...shareBase(b, request), places: new DropoutPlaces(b, new Set()) });
}

function finished(graph: Graph): Graph {
  return checkGraph(keepNeeded(optimise(graph, {}, [])));
}

function missing(name: string): never {
  throw new Error(`the beginning has no ${name}`);
}
