import { lstatSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { DropsweepError } from '../../base/errors.ts';
import {
  type AttributeProto,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from '../../onnx/generated/onnx_pb.ts';
import type { ExternalData } from '../../onnx/graph.ts';

/** An ONNX file as it is on disk, checked. */
export interface OnnxFile {
  /** Absolute. */
  readonly file: string;
  readonly graph: GraphProto;
  /** Nodes in an order in which they can run. */
  readonly nodes: readonly NodeProto[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** TensorProto_DataType */
  readonly type: number;
  /** Where its bytes lie; null: in fields of their own, as small constants may. */
  readonly place: ExternalData | null;
  readonly proto: TensorProto;
  /** Its elements lie by columns of this shape. */
  readonly transposed?: true;
}

/** Protobuf's own limit: no reader takes more. */
const largestFileBytes = 2 ** 31 - 1;
const supportedOpsets = { from: 13, to: 21 } as const;

/**
 * Reads a model exported by PyTorch. Weights are not copied: each is known by its place in the file, or in the external
 * file beside it.
 * @throws ONNX_INVALID for a file that is no legal model; MODEL_UNSUPPORTED for what the engine does not import
 */
export function readOnnxFile(given: string): OnnxFile {
  const file = path.resolve(given);
  const bytes = readWhole(file);
  const model = parse(bytes, file);
  const opset = Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0n);
  if (opset < supportedOpsets.from || opset > supportedOpsets.to) {
    throw unsupported(file, `opset ${opset}`, `opset ${supportedOpsets.from} to ${supportedOpsets.to}`);
  }
  if (model.functions.length > 0) throw unsupported(file, 'functions of its own', 'a model without local functions');
  const { graph } = model;
  if (graph === undefined) throw invalid(file, 'a model without a graph');
  const tensors = new Map<string, StoredTensor>();
  for (const tensor of graph.initializer) {
    if (tensors.has(tensor.name)) throw invalid(file, `two initializers called ${tensor.name}`);
    tensors.set(tensor.name, storedTensor(tensor, file, bytes));
  }
  return { file, graph, ...withoutAliases(inOrder(graph, tensors, file), tensors) };
}

/** The script exporter stores equal tensors once, and gives the others by Identity: they are initializers too. */
function withoutAliases(nodes: readonly NodeProto[], stored: ReadonlyMap<string, StoredTensor>) {
  const tensors = new Map(stored);
  const others = nodes.filter(({ opType, input, output }) => {
    const tensor = opType === 'Identity' ? tensors.get(input[0] ?? '') : undefined;
    if (tensor !== undefined) tensors.set(output[0] ?? '', tensor);
    return tensor === undefined;
  });
  return { nodes: others, tensors };
}

function readWhole(file: string): Uint8Array {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true) throw invalid(file, 'no such file');
  if (found.size > largestFileBytes) {
    throw invalid(file, `${found.size} bytes: over protobuf's limit of ${largestFileBytes}; keep the weights external`);
  }
  return readFileSync(file);
}

function parse(bytes: Uint8Array, file: string) {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw invalid(file, `no protobuf of a model: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function storedTensor(proto: TensorProto, file: string, bytes: Uint8Array): StoredTensor {
  const shape = proto.dims.map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    throw invalid(file, `${proto.name} has the shape [${proto.dims.join(', ')}]`);
  }
  const place = placeOf(proto, file, bytes);
  const wanted = bytesPerElement[proto.dataType];
  if (place !== null && wanted !== undefined) {
    const elements = shape.reduce((product, size) => product * size, 1);
    const within =
      proto.dataLocation === TensorProto_DataLocation.EXTERNAL || place.offset + place.length <= bytes.length;
    if (place.length !== elements * wanted || !within) {
      throw invalid(file, `${proto.name} has ${place.length} bytes for the shape [${shape.join(', ')}]`);
    }
  }
  return { name: proto.name, shape, type: proto.dataType, place, proto };
}

const bytesPerElement: Readonly<Partial<Record<number, number>>> = {
  [TensorProto_DataType.FLOAT]: 4,
  [TensorProto_DataType.DOUBLE]: 8,
  [TensorProto_DataType.INT64]: 8,
  [TensorProto_DataType.INT32]: 4,
  [TensorProto_DataType.BOOL]: 1,
};

function placeOf(proto: TensorProto, file: string, bytes: Uint8Array): ExternalData | null {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) return externalPlace(proto, file);
  const raw = proto.rawData;
  if (raw === undefined || raw.length === 0) return null;
  // The parser gives views of the file's bytes: where a view begins is where the tensor lies.
  return { location: path.basename(file), offset: raw.byteOffset - bytes.byteOffset, length: raw.length };
}

/** Data outside the model's folder, or behind a link, is refused before onnxruntime sees it. */
function externalPlace(proto: TensorProto, file: string): ExternalData {
  const facts = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = facts.get('location') ?? '';
  const folder = path.dirname(file);
  const target = path.resolve(folder, location);
  if (location === '' || path.isAbsolute(location) || path.dirname(target) !== folder) {
    throw invalid(file, `${proto.name} has its data at ${JSON.stringify(location)}, outside the model's folder`);
  }
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found === undefined) throw invalid(file, `${proto.name} has its data in ${location}, which is not there`);
  if (!found.isFile()) throw invalid(file, `${proto.name} has its data in ${location}, which is a link or no file`);
  const offset = Number(facts.get('offset') ?? 0);
  const length = Number(facts.get('length') ?? found.size - offset);
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || offset + length > found.size) {
    throw invalid(file, `${proto.name} reaches beyond the end of ${location}`);
  }
  return { location, offset, length };
}

/** @throws ONNX_INVALID for a cycle, a value nobody gives, or one given twice; MODEL_UNSUPPORTED for control flow */
function inOrder(graph: GraphProto, tensors: ReadonlyMap<string, StoredTensor>, file: string): readonly NodeProto[] {
  const given = new Set(['', ...tensors.keys(), ...graph.input.map(({ name }) => name)]);
  const makers = new Map<string, NodeProto>();
  for (const node of graph.node) {
    if (node.attribute.some(({ g, graphs }: AttributeProto) => g !== undefined || graphs.length > 0)) {
      throw unsupported(file, `control flow: ${node.opType} ${node.name}`, 'a model without If, Loop or Scan');
    }
    for (const output of node.output) {
      if (output === '') continue;
      if (makers.has(output) || given.has(output)) throw invalid(file, `${output} is given twice (${node.name})`);
      makers.set(output, node);
    }
  }
  const output = graph.output.find(({ name }) => !makers.has(name) && !given.has(name));
  if (output !== undefined) throw invalid(file, `the output ${output.name} is never given`);
  const order: NodeProto[] = [];
  const waiting = new Map<NodeProto, number>();
  const readers = new Map<NodeProto, NodeProto[]>();
  for (const node of graph.node) {
    const sources = new Set<NodeProto>();
    for (const input of node.input) {
      const maker = makers.get(input);
      if (maker !== undefined) sources.add(maker);
      else if (!given.has(input))
        throw invalid(file, `${node.opType} ${node.name} reads ${input}, which nothing gives`);
    }
    waiting.set(node, sources.size);
    for (const source of sources) readers.set(source, [...(readers.get(source) ?? []), node]);
  }
  const ready = graph.node.filter((node) => waiting.get(node) === 0);
  for (let node = ready.shift(); node !== undefined; node = ready.shift()) {
    order.push(node);
    for (const reader of readers.get(node) ?? []) {
      const left = (waiting.get(reader) ?? 0) - 1;
      waiting.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  if (order.length < graph.node.length) {
    const stuck = graph.node.find((node) => (waiting.get(node) ?? 0) > 0);
    throw invalid(file, `a cycle of nodes through ${stuck?.opType} ${stuck?.name}`);
  }
  return order;
}

export function unsupported(where: string, got: string, expected: string): DropsweepError {
  return new DropsweepError('MODEL_UNSUPPORTED', 'an ONNX model that the engine does not import', {
    where,
    got,
    expected,
    fix: 'export the encoder with torch.onnx.export, or use its config.json and model.safetensors',
  });
}

function invalid(where: string, got: string, cause?: unknown): DropsweepError {
  return new DropsweepError('ONNX_INVALID', 'the ONNX file is no legal model', {
    where,
    got,
    expected: 'a model as torch.onnx.export writes it',
    fix: 'export or download the model again',
    ...(cause === undefined ? {} : { cause }),
  });
}
