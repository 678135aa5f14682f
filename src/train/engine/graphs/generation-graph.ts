import { DropsweepError } from '../../../base/errors.ts';
import type { Past } from '../../../models/encoder.ts';
import { checkGraph } from '../../../onnx/check-graph.ts';
import type { Graph, Value } from '../../../onnx/graph.ts';
import { GraphBuilder } from '../../../onnx/graph-builder.ts';
import { keepNeeded } from '../../../onnx/rewrites/keep-needed.ts';
import { concat, gemm, slice } from '../../../onnx/operators.ts';
import { DropoutPlaces } from '../masks/dropout-places.ts';
import { declareAdapter } from './adapter-inputs.ts';
import { buildReading, type GradientGraphRequest, optimise, shareBase } from './gradient-graph.ts';

/**
 * A decoder that goes on with a text: of the tokens that it is given, behind those of the runs before, the scores of the
 * one that follows the last.
 */
export interface GenerationGraph {
  /** Inputs input_ids [1, tokens], past_tokens [1] and the adapter's; outputs scores [1, vocabulary], then the past. */
  readonly graph: Graph;
  /** Keys and values of the tokens before, [1, past, heads, size]; what they are next, the outputs say in this order. */
  readonly past: readonly PastInput[];
}

export interface PastInput {
  readonly name: string;
  readonly heads: number;
  readonly size: number;
}

/** Behind every token. */
const wholeAxis = 2 ** 31 - 1;

/** @throws MODEL_UNSUPPORTED where the base has no output matrix over a vocabulary */
export function buildGenerationGraph(request: GradientGraphRequest): GenerationGraph {
  const b = new GraphBuilder();
  const found: PastInput[] = [];
  const joined: Value[] = [];
  const past: Past = {
    tokens: b.input('past_tokens', 'int64', [1]),
    join(layer, part, own) {
      const name = `past_${part}.${layer}`;
      const [heads, size] = [Number(own.shape[2]), Number(own.shape[3])];
      found.push({ name, heads, size });
      const whole = concat(b, [b.input(name, 'float', ['batch', 'past', heads, size]), own], 1);
      joined.push(whole);
      return whole;
    },
  };
  const inputIds = b.input('input_ids', 'int64', ['batch', 'tokens']);
  // Of a text that is gone on with nothing is padding, and decoders read no types.
  const inputs = { ...declareAdapter(b, request), inputIds, attentionMask: inputIds, tokenTypeIds: inputIds, past };
  const shared = { ...shareBase(b, request), places: new DropoutPlaces(b, new Set()) };
  const { context, read } = buildReading(b, request, inputs, shared);
  const projection = request.head.projection?.(context);
  if (projection === undefined) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'this base does not say what token follows', {
      where: 'base',
      expected: 'a decoder with its output matrix',
      fix: 'choose GPT-2, Llama, Mistral or Qwen',
    });
  }
  const last = slice(b, read, 0, -1, wholeAxis, 1);
  const scores = gemm(b, last, projection, { transB: true });
  const graph = optimise(b.build('generation', [scores, ...joined]), {}, []);
  return { graph: checkGraph(keepNeeded(graph)), past: found };
}
