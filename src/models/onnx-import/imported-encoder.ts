import { formatCount } from '../../base/format-count.ts';
import path from 'node:path';
import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { concat, reshape, slice } from '../../onnx/operators.ts';
import { sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import type { FrozenWeights } from '../weights/frozen-weights.ts';
import type { Encoder, EncoderContext, EncoderInputs, EncoderReading } from '../encoder.ts';
import { encoderHead } from '../blocks/encoder-head.ts';
import { firstTokenClassifier, type Head, type HeadTask } from '../heads/heads.ts';
import { elementsOf, typeOf } from './constants.ts';
import { ImportContext } from './import-context.ts';
import { shapeText } from '../../onnx/sizes/shapes.ts';
import { importNode } from './import-node.ts';
import { knownConstant } from './import-sizes.ts';
import { nameLinears, wrapperOf } from './name-linears.ts';
import { OnnxWeights } from './onnx-weights.ts';
import { type OnnxFile, readOnnxFile, type StoredTensor, unsupported } from './read-onnx-file.ts';

/** The names of the heads of transformers' classes; a base model alone has none of these beside its own name. */
const headNames = /^(classifier|pre_classifier|pooler|score|qa_outputs)\./;
const inALayer = /\.\d+\./;

/**
 * An encoder from its ONNX export: with its own head, if it was exported with one, else with ours over its last layer.
 * @throws ONNX_INVALID, MODEL_UNSUPPORTED
 */
export function importEncoder(file: string): { readonly encoder: Encoder; readonly weights: FrozenWeights } {
  const model = readOnnxFile(file);
  const wrapper = wrapperOf(model);
  const codeName = (name: string) => (name.startsWith(wrapper) ? name.slice(wrapper.length) : name);
  const tensors = new Map<string, StoredTensor>();
  for (const tensor of model.tensors.values()) {
    const name = codeName(tensor.name);
    tensors.set(name, { ...tensor, name });
  }
  const linears = nameLinears(model, wrapper);
  // A linear that is used twice, as DeBERTa's are for positions, is adapted once.
  const byName = new Map([...linears.values()].map((linear) => [linear.name, linear]));
  const adaptable = [...byName.values()].filter(({ name }) => inALayer.test(`${name}.`));
  const [first] = adaptable;
  if (first === undefined) throw unsupported(model.file, 'no linear in a numbered layer', 'an exported transformer');
  const base = first.name.split('.')[0] ?? '';
  const hasHead = base !== 'encoder' && base !== 'layer' && base !== 'layers';
  const headLinears = new Map([...linears].filter(([, { name }]) => hasHead && headNames.test(`${name}.`)));
  for (const [output, { name, inFeatures, outFeatures, weightLayout }] of headLinears) {
    const stored = model.tensors.get(model.nodes.find((node) => node.output[0] === output)?.input[1] ?? '');
    if (stored === undefined || weightLayout === undefined) continue;
    tensors.set(`${name}.weight`, {
      ...stored,
      name: `${name}.weight`,
      shape: [outFeatures, inFeatures],
      transposed: true,
    });
  }
  const head = hasHead ? [...tensors.values()].filter(({ name }) => headNames.test(name)) : [];
  const outputs = model.graph.output.map(({ name }) => name);
  const hiddenSize = first.inFeatures;
  const importer = new EncoderImport(model, {
    codeName,
    linears,
    headLinears: transposedOnly(headLinears),
    head,
    outputs,
    hiddenSize,
  });
  return {
    weights: new OnnxWeights(path.dirname(model.file), tensors),
    encoder: {
      hiddenSize,
      initializerRange: 0.02,
      // An export for inference has lost where dropout was.
      dropsHidden: false,
      linears: adaptable,
      build: (context, inputs, reading) => {
        const value = importer.build(context, inputs);
        return head.length > 0
          ? value
          : readingOf(context, inputs, { file: model.file, value, hidden: hiddenSize }, reading);
      },
      head(task) {
        if (head.length === 0)
          return encoderHead(task, hiddenSize, (outputs) => firstTokenClassifier(outputs, hiddenSize));
        const last = [...headLinears.values()].at(-1);
        demandHead(model.file, task, last?.outFeatures);
        return ownHead(head, last?.name);
      },
    },
  };
}

function transposedOnly(linears: ReturnType<typeof nameLinears>): ReturnType<typeof nameLinears> {
  return new Map([...linears].filter(([, { weightLayout }]) => weightLayout !== undefined));
}

/**
 * @throws MODEL_UNSUPPORTED where the exported head has other classes than the task, or another pooling is asked for
 */
function demandHead(file: string, task: HeadTask, classes: number | undefined): void {
  if (task.of !== 'samples' && task.of !== 'tokens')
    throw unsupported(file, 'a head of its own', 'a task of samples or of their tokens');
  const { outputs: labels } = task;
  if (task.of === 'samples' && task.pooling === 'mean')
    throw unsupported(file, 'a head of its own with pooling: mean', 'an export without its head');
  if (classes === undefined || classes === labels) return;
  const expected = `${labels}, as the task has; or an export of the encoder without its head`;
  throw unsupported(file, `a head of ${formatCount(classes, 'output')}`, expected);
}

/**
 * The exported head: its tensors are trained, and what it computes is in the graph already.
 * @param last the linear that gives the outputs
 */
function ownHead(tensors: readonly StoredTensor[], last: string | undefined): Head {
  return {
    reading: 'all_tokens',
    tensors: tensors.map(({ name, shape }) => ({
      name,
      shape,
      ...(last !== undefined && name.startsWith(`${last}.`) ? { hasOutputRows: true as const } : {}),
    })),
    logits: (_context, x) => x,
  };
}

/**
 * Of a last layer [batch, tokens, hidden], or of what the export has pooled already, [batch, hidden].
 * @throws MODEL_UNSUPPORTED where every token is to be read of what is pooled
 */
function readingOf(
  { b }: EncoderContext,
  inputs: EncoderInputs,
  { file, value, hidden }: { readonly file: string; readonly value: Value; readonly hidden: number },
  reading: EncoderReading,
): Value {
  const pooled = value.shape.length === 2;
  if (reading === 'all_tokens') {
    if (pooled) throw unsupported(file, 'one output a sample', 'the last layer, for a head that reads every token');
    return reshape(b, value, ['batch·tokens', hidden], b.int64s([-1, hidden]));
  }
  if (pooled) return value;
  const one = slice(b, value, 1, 0, 1, 1);
  return reshape(b, one, ['batch', hidden], concat(b, [sizeAt(b, inputs.inputIds, 0), b.int64s([hidden])], 0));
}

/** One output as it is; [batch, tokens] each → [batch, tokens, parts] */
function stackLast(b: GraphBuilder, parts: readonly Value[]): Value {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const columns = parts.map((part) => reshape(b, part, ['batch', 'tokens', 1], b.int64s([0, 0, 1])));
  return concat(b, columns, 2);
}

interface ImportPlan {
  readonly codeName: (name: string) => string;
  readonly linears: ReturnType<typeof nameLinears>;
  readonly headLinears: ReturnType<typeof nameLinears>;
  readonly head: readonly StoredTensor[];
  readonly outputs: readonly string[];
  readonly hiddenSize: number;
}

class EncoderImport {
  readonly #model: OnnxFile;
  readonly #plan: ImportPlan;

  constructor(model: OnnxFile, plan: ImportPlan) {
    this.#model = model;
    this.#plan = plan;
  }

  /** Appends the file's nodes, as far as its outputs need them. Scores of starts and ends become one output. */
  build(encoder: EncoderContext, inputs: EncoderInputs): Value {
    const { head } = this.#plan;
    const spans = head.some(({ name }) => name.startsWith('qa_outputs.'));
    const outputs = head.length === 0 ? this.#plan.outputs : this.#plan.outputs.slice(0, spans ? 2 : 1);
    const given = this.#inputs(inputs);
    const context: ImportContext = new ImportContext(encoder, this.#model, this.#plan, given, (name) =>
      this.#initializer(context, name),
    );
    const needed = this.#needed(outputs);
    for (const node of this.#model.nodes) {
      if (node.output.some((name) => needed.has(name))) importNode(context, node);
    }
    const values = outputs.map((name) => context.value(name));
    return head.length === 0 ? this.#lastLayer(values) : stackLast(encoder.b, values);
  }

  /** Of several outputs, as sentence encoders are exported with, the one that is each token's, else each sample's. */
  #lastLayer(values: readonly Value[]): Value {
    const { hiddenSize } = this.#plan;
    const hidden = values.filter(({ type, shape }) => type === 'float' && shape.at(-1) === hiddenSize);
    const found = hidden.find(({ shape }) => shape.length === 3) ?? hidden.find(({ shape }) => shape.length === 2);
    if (found !== undefined) return found;
    const shapes = values.map(({ shape }) => shapeText(shape)).join(', ');
    throw unsupported(this.#model.file, `outputs of ${shapes}`, `one of [batch, tokens, ${hiddenSize}]`);
  }

  #inputs(inputs: EncoderInputs): Map<string, Value> {
    const known: Readonly<Record<string, Value>> = {
      input_ids: inputs.inputIds,
      attention_mask: inputs.attentionMask,
      token_type_ids: inputs.tokenTypeIds,
    };
    const given = new Map<string, Value>();
    for (const { name } of this.#model.graph.input) {
      if (this.#model.tensors.has(name)) continue; // Old exporters list weights among the inputs.
      const value = known[name];
      if (value === undefined) {
        throw unsupported(this.#model.file, `the input ${name}`, Object.keys(known).join(', '));
      }
      given.set(name, value);
    }
    return given;
  }

  /** Names that the outputs depend on. */
  #needed(outputs: readonly string[]): ReadonlySet<string> {
    const needed = new Set(outputs);
    for (const node of this.#model.nodes.toReversed()) {
      if (node.output.some((name) => needed.has(name))) for (const input of node.input) needed.add(input);
    }
    return needed;
  }

  /** A weight of the base, a tensor of the head, or a small constant. */
  #initializer(context: ImportContext, stored: string): Value | null {
    const tensor = this.#model.tensors.get(stored);
    if (tensor === undefined) return null;
    const name = this.#plan.codeName(tensor.name);
    if (this.#plan.head.some((own) => own.name === name)) return context.encoder.trainable(name);
    const type = typeOf(tensor.type);
    if (type === 'float' && tensor.place !== null && tensor.shape.length > 0 && tensor.shape.some((size) => size > 1)) {
      return context.encoder.weight(name, tensor.shape);
    }
    const elements = elementsOf(tensor.proto);
    if (type === null || elements === null) {
      throw unsupported(
        `${this.#model.file}: ${stored}`,
        `element type ${tensor.type}`,
        'float32, int64, int32 or bool',
      );
    }
    return knownConstant(context, elements, tensor.shape, type);
  }
}
