import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DropsweepError } from '../../base/errors.ts';
import { elementBytes } from '../safetensors.ts';
import { checkpointInvalid } from './checkpoint-invalid.ts';
import { FileCursor } from './file-cursor.ts';
import { type PickledStorage, type PickledTensor, readStateDict } from './state-dict.ts';
import { type FilePart, storedEntries } from './stored-entries.ts';
import { unpickle } from './unpickle.ts';

/** A tensor of a checkpoint, and where its storage begins in the file. */
export interface CheckpointTensor extends PickledTensor {
  readonly storageStart: number;
}

/**
 * Finds the tensors of a file that torch.save wrote, `pytorch_model.bin` for one: in a zip archive, as PyTorch writes
 * since 1.6, or one after the other, as it did before. Nothing in the file is run.
 * @throws WEIGHTS_INVALID
 */
export async function readCheckpoint(file: string): Promise<ReadonlyMap<string, CheckpointTensor>> {
  const opened = open(file);
  try {
    const start = Buffer.alloc(2);
    readSync(opened, start, 0, 2, 0);
    return start.toString('latin1') === 'PK' ? await readArchive(opened, file) : readSequence(opened, file);
  } finally {
    closeSync(opened);
  }
}

function open(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw new DropsweepError('WEIGHTS_INVALID', 'a PyTorch checkpoint cannot be opened', { where: file, cause });
  }
}

/** A zip whose entries are stored as they are: NAME/data.pkl, NAME/byteorder, NAME/data/KEY. */
async function readArchive(opened: number, file: string): Promise<ReadonlyMap<string, CheckpointTensor>> {
  const entries = await storedEntries(opened, file);
  const demand = (name: string): FilePart => {
    const part = entries.get(name);
    if (part !== undefined) return part;
    throw checkpointInvalid(file, 'the archive lacks an entry', [...entries.keys()].slice(0, 5).join(', '), name);
  };
  const cursorOf = ({ start, bytes }: FilePart) => new FileCursor(opened, file, start, start + bytes);
  const order = entries.get('byteorder');
  if (order !== undefined) {
    demandLittleEndian(cursorOf(order).take(order.bytes).toString('latin1') === 'little', file);
  }
  const tensors = readStateDict(cursorOf(demand('data.pkl')));
  const starts = new Map<string, number>();
  for (const { storage } of tensors.values()) {
    const { start, bytes } = demand(`data/${storage.key}`);
    demandBytes(storage, bytes, file);
    starts.set(storage.key, start);
  }
  return located(tensors, starts, file);
}

/** torch.save's first bytes before archives. Source: torch/serialization.py. */
const magic = 0x1950a86a20f9469cfc6cn;

/** Pickles one after the other (magic, version, machine, state dict, order of storages), then each storage. */
function readSequence(opened: number, file: string): ReadonlyMap<string, CheckpointTensor> {
  const fileBytes = fstatSync(opened).size;
  const cursor = new FileCursor(opened, file, 0, fileBytes);
  const plain = () => unpickle(cursor, noNames(file));
  if (plain() !== magic)
    throw checkpointInvalid(file, 'not what torch.save writes', 'other first bytes', 'its magic number');
  plain();
  const machine = plain();
  demandLittleEndian(machine instanceof Map && machine.get('little_endian') === true, file);
  const tensors = readStateDict(cursor);
  const storages = new Map([...tensors.values()].map(({ storage }) => [storage.key, storage]));
  const order = plain();
  const starts = new Map<string, number>();
  for (const key of Array.isArray(order) ? order : []) {
    const storage = storages.get(String(key));
    if (storage === undefined)
      throw checkpointInvalid(file, 'a storage is no tensor’s', key, [...storages.keys()].join(', '));
    const elements = Number(cursor.take(8).readBigInt64LE());
    const bytes = elements * elementBytes[storage.dtype];
    demandBytes(storage, bytes, file);
    starts.set(storage.key, cursor.position);
    cursor.skip(bytes);
  }
  return located(tensors, starts, file);
}

function noNames(file: string) {
  const refuse = (name: unknown): never => {
    throw checkpointInvalid(file, 'its first pickles name something', name, 'plain values');
  };
  return { global: refuse, persistent: refuse };
}

function demandLittleEndian(isLittle: boolean, file: string): void {
  if (!isLittle)
    throw checkpointInvalid(file, 'the bytes of numbers lie in another order', 'big-endian', 'little-endian');
}

function demandBytes(storage: PickledStorage, bytes: number, file: string): void {
  const expected = storage.elements * elementBytes[storage.dtype];
  if (bytes === expected) return;
  throw checkpointInvalid(
    `${file}: storage ${storage.key}`,
    'a storage has another size',
    `${bytes} bytes`,
    `${expected} bytes`,
  );
}

function located(
  tensors: ReadonlyMap<string, PickledTensor>,
  starts: ReadonlyMap<string, number>,
  file: string,
): ReadonlyMap<string, CheckpointTensor> {
  return new Map(
    [...tensors].map(([name, tensor]): [string, CheckpointTensor] => {
      const storageStart = starts.get(tensor.storage.key);
      if (storageStart !== undefined) return [name, { ...tensor, storageStart }];
      throw checkpointInvalid(`${file}: ${name}`, 'its storage is missing', 'nothing', `storage ${tensor.storage.key}`);
    }),
  );
}
