import type { Value } from '../../onnx/graph.ts';
import { Defect } from '../../base/defect.ts';
import type { NodeProto } from '../../onnx/generated/onnx_pb.ts';
import {
  alike,
  boolean,
  extreme,
  geluOf,
  gemmOf,
  layerNormalizationOf,
  matrixProduct,
  power,
  softmaxOf,
} from './import-arithmetic.ts';
import type { ImportContext } from './import-context.ts';
import { concatenate, gather, gatherMany, reduction, sliceOf, splitParts, tile, transposeBy } from './import-layout.ts';
import {
  arithmetic,
  castTo,
  comparison,
  constant,
  constantOfShape,
  expand,
  flatten,
  type NodeImport,
  range,
  reshapeTo,
  shapeOfValue,
  squeeze,
  unsqueeze,
  where,
} from './import-sizes.ts';

/** Every operator that is imported. */
const imports: Readonly<Record<string, NodeImport>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shapeOfValue,
  Cast: castTo,
  Range: range,
  Expand: expand,
  Reshape: reshapeTo,
  Flatten: flatten,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Add: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  Equal: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Where: where,
  And: boolean,
  Or: boolean,
  Not: boolean,
  Min: extreme,
  Max: extreme,
  Gather: gather,
  GatherND: gatherMany,
  GatherElements: (context, node) => {
    const [x, indices] = [context.need(node, 0), context.need(node, 1)];
    return context.copy(node, [x, indices], indices.shape, x.type);
  },
  Slice: sliceOf,
  Concat: concatenate,
  Transpose: transposeBy,
  Split: splitParts,
  Tile: tile,
  ReduceSum: reduction,
  ReduceMean: reduction,
  ReduceMax: reduction,
  MatMul: matrixProduct,
  Gemm: gemmOf,
  Softmax: softmaxOf,
  LogSoftmax: softmaxOf,
  LayerNormalization: layerNormalizationOf,
  Gelu: geluOf,
  Pow: power,
  ...Object.fromEntries(
    [
      ...['Identity', 'Neg', 'Abs', 'Sign', 'Exp', 'Log', 'Sqrt', 'Reciprocal', 'Erf', 'Tanh', 'Relu', 'Sigmoid'],
      ...['Ceil', 'Floor', 'Cos', 'Sin', 'Clip', 'CumSum'],
    ].map((name): [string, NodeImport] => [name, alike]),
  ),
};

/** Imports one node: all of its outputs are known to the context afterwards. @throws MODEL_UNSUPPORTED */
export function importNode(context: ImportContext, node: NodeProto): void {
  const importing = node.domain === '' || node.domain === 'ai.onnx' ? imports[node.opType] : undefined;
  if (importing === undefined) {
    const named = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`;
    context.fail(node, `the operator ${named}`, Object.keys(imports).join(', '));
  }
  context.set(node.output[0] ?? '', valueOf(context, node, importing));
}

/** Shapes that do not fit one another are the file's fault here, not the engine's. */
function valueOf(context: ImportContext, node: NodeProto, importing: NodeImport): Value {
  try {
    return importing(context, node);
  } catch (error) {
    if (!(error instanceof Defect)) throw error;
    const [what = '', ...facts] = error.facts;
    return context.fail(node, [what, ...facts].join('; '), 'operands whose shapes fit one another');
  }
}
