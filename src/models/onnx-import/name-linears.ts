import type { NodeProto } from '../../onnx/generated/onnx_pb.ts';
import { TensorProto_DataType } from '../../onnx/generated/onnx_pb.ts';
import { intOf } from './attributes.ts';
import type { ImportedLinear } from './import-context.ts';
import type { OnnxFile, StoredTensor } from './read-onnx-file.ts';

/**
 * The wrapper that the exporter put around the model: the first component that all its named weights share, with its
 * dot.
 */
export function wrapperOf({ tensors }: OnnxFile): string {
  const names = [...tensors.values()].filter(isNamed).map(({ name }) => name);
  const [first = ''] = names;
  const component = first.slice(0, first.indexOf('.') + 1);
  return component !== '' && names.every((name) => name.startsWith(component)) ? component : '';
}

function isNamed({ name, type }: StoredTensor): boolean {
  return type === TensorProto_DataType.FLOAT && /^[A-Za-z_]\w*\./.test(name);
}

/**
 * Products with a weight, by their output's name. A weight that lies transposed has a generated name; the linear is
 * then called after its place in the exported module (script exporter), its bias, or its scope (dynamo exporter). The
 * script exporter lets equal biases share one name, so the place goes first.
 */
export function nameLinears(model: OnnxFile, wrapper: string): ReadonlyMap<string, ImportedLinear> {
  const biasOf = biasesBySum(model);
  const linears = new Map<string, ImportedLinear>();
  for (const node of model.nodes) {
    const weight = model.tensors.get(node.input[1] ?? '');
    if (!['MatMul', 'Gemm'].includes(node.opType) || weight?.shape.length !== 2) continue;
    const [rows = 0, columns = 0] = weight.shape;
    const outputsFirst = node.opType === 'Gemm' && intOf(node, 'transB', 0) === 1;
    const bias = node.opType === 'Gemm' ? node.input[2] : biasOf.get(node.output[0] ?? '');
    const candidates = [suffixed(weight.name, '.weight'), placeOf(node), suffixed(bias ?? '', '.bias'), scopeOf(node)];
    const name = candidates.find((found) => found !== null);
    if (name === undefined || name === null) continue;
    linears.set(node.output[0] ?? '', {
      name: name.startsWith(wrapper) ? name.slice(wrapper.length) : name,
      inFeatures: outputsFirst ? columns : rows,
      outFeatures: outputsFirst ? rows : columns,
      ...(outputsFirst ? {} : { weightLayout: 'in_out' as const }),
    });
  }
  return linears;
}

/** The initializer that each value is first added to. */
function biasesBySum({ nodes, tensors }: OnnxFile): ReadonlyMap<string, string> {
  const biases = new Map<string, string>();
  for (const { opType, input } of nodes) {
    const [x = '', y = ''] = input;
    if (opType !== 'Add') continue;
    if (tensors.has(y)) biases.set(x, y);
    if (tensors.has(x)) biases.set(y, x);
  }
  return biases;
}

function suffixed(name: string, suffix: string): string | null {
  return name.endsWith(suffix) && /^[A-Za-z_]\w*\./.test(name) ? name.slice(0, -suffix.length) : null;
}

/** `/m/bert/encoder/layer.0/output/dense/MatMul` stands in `m.bert.encoder.layer.0.output.dense`. */
function placeOf({ name }: NodeProto): string | null {
  const parts = name.split('/').filter((part) => part !== '');
  // A module's second call has a number behind its name.
  return name.startsWith('/') && parts.length > 1 ? parts.slice(0, -1).join('.').replace(/_\d+$/, '') : null;
}

/** The last dotted scope of PyTorch's list of scopes. */
function scopeOf({ metadataProps }: NodeProto): string | null {
  const text = metadataProps.find(({ key }) => key.includes('name_scopes'))?.value ?? '';
  const scopes = [...text.matchAll(/'([^']+\.[^']+)'/g)].map(([, scope = '']) => scope);
  return scopes.at(-1) ?? null;
}
