import { closeSync, openSync, readSync } from 'node:fs';
import { type FilePiece, writeDerivedFile } from '../derived-file.ts';
import { elementBytes } from '../safetensors.ts';
import { safetensorsHeader } from '../write-safetensors.ts';
import { checkpointInvalid } from './checkpoint-invalid.ts';
import { type CheckpointTensor, readCheckpoint } from './read-checkpoint.ts';

/** Bytes that are in memory at once, of a tensor that lies as it is to be written. */
const blockBytes = 64 * 1024 * 1024;

/**
 * Writes the tensors of a file of torch.save as safetensors, block by block: the same bytes on every machine. A tensor
 * under two names is written twice, so that no reader has to know which of them are tied.
 * @param written told of bytes on the way
 * @returns the tensors' names
 * @throws WEIGHTS_INVALID
 */
export async function convertCheckpoint(
  source: string,
  target: string,
  written?: (bytes: number, of: number) => void,
): Promise<readonly string[]> {
  // The largest elements first, so that each tensor begins at a multiple of its elements' size.
  const tensors = [...(await readCheckpoint(source))].sort(
    ([nameA, a], [nameB, b]) => bytesOfElement(b) - bytesOfElement(a) || (nameA < nameB ? -1 : 1),
  );
  const described = tensors.map(([name, tensor]) => ({
    name,
    dtype: tensor.storage.dtype,
    shape: tensor.shape,
    byteLength: bytesOf(tensor),
  }));
  const header = safetensorsHeader(described, { format: 'pt' });
  const length = described.reduce((sum, { byteLength }) => sum + byteLength, header.length);
  function* told(parts: Iterable<FilePiece>): Generator<FilePiece> {
    for (const piece of parts) {
      written?.(piece.offset, length);
      yield piece;
    }
  }
  const file = openSync(source, 'r');
  try {
    await writeDerivedFile(target, length, told(pieces(header, tensors, { file, source })));
  } finally {
    closeSync(file);
  }
  return tensors.map(([name]) => name);
}

interface Opened {
  readonly file: number;
  readonly source: string;
}

function* pieces(
  header: Uint8Array,
  tensors: readonly (readonly [string, CheckpointTensor])[],
  opened: Opened,
): Generator<FilePiece> {
  yield { offset: 0, bytes: () => header };
  let offset = header.length;
  for (const [, tensor] of tensors) {
    const bytes = bytesOf(tensor);
    if (isRowMajor(tensor)) {
      const start = tensor.storageStart + tensor.offset * bytesOfElement(tensor);
      for (let done = 0; done < bytes; done += blockBytes) {
        const count = Math.min(blockBytes, bytes - done);
        yield { offset: offset + done, bytes: () => readBytes(opened, start + done, count) };
      }
    } else {
      yield { offset, bytes: () => gathered(tensor, opened) };
    }
    offset += bytes;
  }
}

/** A view's elements in row-major order. */
function gathered(tensor: CheckpointTensor, opened: Opened): Uint8Array {
  const { shape, strides, storage, storageStart } = tensor;
  const size = bytesOfElement(tensor);
  const stored = readBytes(opened, storageStart, storage.elements * size);
  const out = new Uint8Array(bytesOf(tensor));
  const index = shape.map(() => 0);
  for (let to = 0; to < out.length; to += size) {
    const element = index.reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), tensor.offset);
    out.set(stored.subarray(element * size, (element + 1) * size), to);
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis] = ((index[axis] ?? 0) + 1) % (shape[axis] ?? 1);
      if (index[axis] !== 0) break;
    }
  }
  return out;
}

function isRowMajor({ shape, strides }: CheckpointTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const size = shape[axis] ?? 1;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

function readBytes({ file, source }: Opened, start: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let done = 0; done < count; ) {
    const read = readSync(file, bytes, done, count - done, start + done);
    if (read === 0)
      throw checkpointInvalid(source, 'the file is truncated', `${start + done} bytes`, `${start + count} bytes`);
    done += read;
  }
  return bytes;
}

function bytesOfElement({ storage }: CheckpointTensor): number {
  return elementBytes[storage.dtype];
}

function bytesOf(tensor: CheckpointTensor): number {
  return tensor.shape.reduce((product, size) => product * size, bytesOfElement(tensor));
}
