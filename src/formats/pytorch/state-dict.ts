import type { SafetensorsType } from '../safetensors.ts';
import { checkpointInvalid } from './checkpoint-invalid.ts';
import type { FileCursor } from './file-cursor.ts';
import { type PickleMeaning, unpickle } from './unpickle.ts';

/** Elements in a row that tensors are views of. */
export interface PickledStorage {
  readonly dtype: SafetensorsType;
  /** Its name in the checkpoint. */
  readonly key: string;
  readonly elements: number;
}

/** A view of a storage; offset and strides count elements. */
export interface PickledTensor {
  readonly storage: PickledStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** The classes of storages, and safetensors' names of their elements. */
const storageTypes: Readonly<Record<string, SafetensorsType>> = {
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.DoubleStorage': 'F64',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

/**
 * Reads the pickle of a state dict: names and tensors, nothing else. Of all classes and functions that a pickle may
 * name, it knows those that torch.save writes for that, and runs none: any other is refused by its name.
 * @throws WEIGHTS_INVALID
 */
export function readStateDict(source: FileCursor): ReadonlyMap<string, PickledTensor> {
  const { where } = source;
  const root = unpickle(source, stateDictMeaning(where));
  if (!(root instanceof Map)) throw checkpointInvalid(where, 'no state dict', kindOf(root), flatStateDict);
  return new Map(
    [...root].map(([name, value]): [string, PickledTensor] => {
      if (typeof name === 'string' && isTensor(value)) return [name, value];
      throw checkpointInvalid(where, 'the state dict holds what is no tensor', [name, kindOf(value)], flatStateDict);
    }),
  );
}

const flatStateDict = 'a flat dictionary from name to tensor, as transformers saves it';

function stateDictMeaning(where: string): PickleMeaning {
  const invalid = (what: string, got: unknown) => checkpointInvalid(where, what, got, flatStateDict);
  const rebuild = (storage: unknown, offset: unknown, shape: unknown, strides: unknown): PickledTensor => {
    const tensor = { storage, offset, shape, strides };
    if (isTensor(tensor)) return checkInside(tensor, where);
    throw invalid('a tensor is malformed', { offset, shape, strides });
  };
  const known: Readonly<Record<string, (...given: readonly unknown[]) => unknown>> = {
    'collections.OrderedDict': () => new Map(),
    'torch._utils._rebuild_tensor': rebuild,
    'torch._utils._rebuild_tensor_v2': rebuild,
    'torch._utils._rebuild_parameter': (data) => data,
  };
  return {
    global(name) {
      const dtype = storageTypes[name];
      const found = dtype === undefined ? known[name] : () => dtype;
      if (found === undefined) throw invalid('it names what no state dict of tensors needs; nothing was run', name);
      return found;
    },
    persistent(id) {
      const [kind, type, key, , elements, view] = Array.isArray(id) ? (id as readonly unknown[]) : [];
      const dtype: unknown = typeof type === 'function' ? Reflect.apply(type, null, []) : null;
      const storage = { dtype, key, elements };
      if (kind === 'storage' && isStorage(storage) && (view ?? null) === null) return storage;
      throw invalid('a storage is malformed', id);
    },
  };
}

/** @throws WEIGHTS_INVALID where the view reaches past its storage, or repeats what is in it */
function checkInside(tensor: PickledTensor, where: string): PickledTensor {
  const { storage, offset, shape, strides } = tensor;
  const elements = shape.reduce((product, size) => product * size, 1);
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
  if (elements === 0 || (elements <= storage.elements && last < storage.elements)) return tensor;
  throw checkpointInvalid(
    `${where}: storage ${storage.key}`,
    'a tensor is larger than its storage',
    `${elements} elements, up to the one at ${last}`,
    `at most ${storage.elements}`,
  );
}

function isStorage(value: unknown): value is PickledStorage {
  if (typeof value !== 'object' || value === null) return false;
  const { dtype, key, elements } = value as Readonly<Record<string, unknown>>;
  return typeof dtype === 'string' && typeof key === 'string' && isCount(elements);
}

function isTensor(value: unknown): value is PickledTensor {
  if (typeof value !== 'object' || value === null) return false;
  const { storage, offset, shape, strides } = value as Readonly<Record<string, unknown>>;
  return (
    isStorage(storage) && isCount(offset) && isCounts(shape) && isCounts(strides) && shape.length === strides.length
  );
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function kindOf(value: unknown): string {
  if (value instanceof Map) return `a dictionary of ${[...value.keys()].slice(0, 5).join(', ')}`;
  return Array.isArray(value) ? 'a list' : value === null ? 'None' : typeof value;
}
