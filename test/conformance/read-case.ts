import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readSafetensorsHeader, readTensor, type TensorData } from '../../src/formats/safetensors.ts';
import type { EngineObjective } from '../../src/train/engine/plan-engine.ts';
import { dropsElements, type ElementRates, elementRates } from '../../src/sweep/element-dropout.ts';
import type { AdapterKind, AdapterShape } from '../../src/sweep/vocabulary.ts';
import type {
  AdapterMasks,
  BatchLabels,
  ElementMasks,
  TokenBatch,
  TrainableLayout,
} from '../../src/train/engine/adapter-engine.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { classObjective, nextTokenObjective, spanObjective, targetObjective } from '../support/objectives.ts';

/** case.json of the reference vectors; see their README. */
export interface CaseDescription {
  readonly folder: string;
  readonly case: string;
  readonly adapter: AdapterKind;
  readonly task: 'cls' | 'reg' | 'qa' | 'lm';
  readonly rank: number;
  readonly alpha: number;
  readonly dropout_rate: number;
  readonly lora_dropout?: number;
  readonly hidden_dropout?: number;
  readonly sparsity: number;
  readonly orthogonality: number;
  readonly train_instances: number;
  readonly ensemble_size: number;
  readonly optimizer: {
    readonly learning_rate: number;
    readonly betas: readonly [number, number];
    readonly epsilon: number;
    readonly weight_decay: number;
    readonly steps: number;
  };
  readonly targets: readonly string[];
}

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** One folder of vectors, whole. */
export interface ConformanceCase {
  readonly case: CaseDescription;
  readonly inputs: StoredTensors;
  readonly trainable: StoredTensors;
  readonly masks: StoredTensors;
  readonly expected: StoredTensors;
}

export function loadCase(folder: string): ConformanceCase {
  return {
    case: readDescription(folder),
    inputs: readAll(folder, 'inputs'),
    trainable: readAll(folder, 'trainable'),
    masks: readAll(folder, 'masks'),
    expected: readAll(folder, 'expected'),
  };
}

export function readDescription(folder: string): CaseDescription {
  const stored = JSON.parse(readFileSync(path.join(folder, 'case.json'), 'utf8')) as Omit<
    CaseDescription,
    'folder' | 'orthogonality'
  > & { readonly orthogonality?: number };
  return { ...stored, folder, orthogonality: stored.orthogonality ?? 0 };
}

export function readAll(folder: string, name: string): StoredTensors {
  const file = path.join(folder, `${name}.safetensors`);
  const { tensors } = readSafetensorsHeader(file);
  return new Map([...tensors].map(([key, entry]) => [key, { shape: entry.shape, data: readTensor(file, entry) }]));
}

export function floats(tensors: StoredTensors, name: string): Float32Array {
  const data = tensors.get(name)?.data;
  if (data instanceof Float32Array) return data;
  throw new Error(`no float32 tensor ${name}`);
}

export function headOf(description: CaseDescription): EngineObjective {
  const config = JSON.parse(readFileSync(path.join(description.folder, 'config.json'), 'utf8')) as {
    id2label?: Record<string, string>;
  };
  const labels = Object.keys(config.id2label ?? { 0: '', 1: '' }).length;
  if (description.task === 'lm') return nextTokenObjective;
  if (description.task === 'qa') return spanObjective;
  return description.task === 'reg' ? targetObjective : classObjective(labels);
}

export function batchOf(inputs: StoredTensors): TokenBatch {
  const integers = (name: string, otherwise: number): BigInt64Array => {
    const ids = inputs.get('input_ids');
    const data = inputs.get(name)?.data;
    if (data instanceof BigInt64Array) return data;
    return new BigInt64Array(ids?.data.length ?? 0).fill(BigInt(otherwise));
  };
  const [rows = 0, length = 0] = inputs.get('input_ids')?.shape ?? [];
  return {
    rows,
    length,
    inputIds: integers('input_ids', 0),
    attentionMask: integers('attention_mask', 1),
    tokenTypeIds: integers('token_type_ids', 0),
    samples: samplesInOrder(rows),
  };
}

export function labelsOf({ task }: CaseDescription, inputs: StoredTensors): BatchLabels {
  if (task === 'qa') {
    const at = (name: string) => inputs.get(name)?.data as BigInt64Array;
    return BigInt64Array.from(
      [...at('start_positions')].flatMap((start, row) => [start, at('end_positions')[row] ?? 0n]),
    );
  }
  const labels = inputs.get('labels')?.data;
  return labels instanceof BigInt64Array ? labels : Float32Array.from(labels as Float32Array);
}

/** Logits as the vectors store them: start and end scores of spans apart. */
export function logitsParts({ task }: CaseDescription, logits: Float32Array): Float32Array[] {
  if (task !== 'qa') return [logits];
  return [0, 1].map((part) => logits.filter((_, index) => index % 2 === part));
}

/** The vectors' name of a tensor of our layout. */
export function storedName(name: string): string {
  return name.startsWith('head.') ? name : `base_model.model.${name}`;
}

export function parametersOf(layout: TrainableLayout, tensors: StoredTensors): Float32Array {
  const parameters = new Float32Array(layout.length);
  for (const tensor of layout.tensors) parameters.set(floats(tensors, storedName(tensor.name)), tensor.offset);
  return parameters;
}

/** What an engine of the case is compiled for. */
export function adapterOf(description: CaseDescription): AdapterShape {
  const { adapter, rank, alpha, targets } = description;
  return { adapter, rank, alpha, targets, ...elementRates(description) };
}

export function instanceMasks(loaded: ConformanceCase, layout: TrainableLayout, index: number): AdapterMasks {
  return masksOf(layout, loaded, 'train', index);
}

export function memberMasks(loaded: ConformanceCase, layout: TrainableLayout, index: number): AdapterMasks {
  return masksOf(layout, loaded, 'ensemble', index);
}

function masksOf(
  layout: TrainableLayout,
  { case: description, masks }: ConformanceCase,
  kind: 'train' | 'ensemble',
  index: number,
): AdapterMasks {
  const side = (part: 'input' | 'output', size: 'inFeatures' | 'outFeatures') =>
    Float32Array.from(
      layout.modules.flatMap((module) => {
        const all = floats(masks, `${kind}.${module.name}.${part}`);
        return [...all.subarray(index * module[size], (index + 1) * module[size])];
      }),
    );
  const rates = elementRates(description);
  return {
    input: side('input', 'inFeatures'),
    output: side('output', 'outFeatures'),
    ...(dropsElements(rates) && { elements: storedElements(rates, masks, kind, index) }),
  };
}

/** Masks as they are stored for all tokens of the case's rows, which are taken in turn where a batch has more. */
function storedElements(rates: ElementRates, masks: StoredTensors, kind: string, index: number): ElementMasks {
  const kinds = (['lora_dropout', 'hidden_dropout'] as const).filter((one) => rates[one] > 0);
  return {
    kinds,
    factor: (one) => (one === 'lora_dropout' || one === 'hidden_dropout' ? 1 / (1 - rates[one]) : 1),
    draw(place, batch, into) {
      const stored = masks.get(`${kind}.keep.${place.name}`);
      if (!(stored?.data instanceof Uint8Array)) throw new Error(`no mask of ${place.name}`);
      const [instances = 1, rows = 1] = stored.shape;
      const size = stored.data.length / instances;
      const own = stored.data.subarray(index * size, (index + 1) * size);
      if (typeof place.rows === 'number') {
        into.set(own);
        return;
      }
      const taken = into.length / batch.rows;
      batch.samples.forEach((sample, row) => {
        const start = (sample % rows) * (size / rows);
        into.set(own.subarray(start, start + taken), row * taken);
      });
    },
  };
}

/** Norm-wise relative error; absolute where the expected norm is below 1e-12. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < got.length; i += 1) {
    difference += ((got[i] ?? 0) - (expected[i] ?? 0)) ** 2;
    norm += (expected[i] ?? 0) ** 2;
  }
  return norm < 1e-24 ? Math.sqrt(difference) : Math.sqrt(difference / norm);
}
