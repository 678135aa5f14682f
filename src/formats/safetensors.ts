import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DropsweepError } from '../base/errors.ts';
import { widenBfloat16, widenFloat16 } from './half-precision.ts';

/** Bytes per element of every type a safetensors file may hold; those that this product reads have a view below. */
export const elementBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

export type SafetensorsType = keyof typeof elementBytes;

/** Where a tensor lies in its file. */
export interface SafetensorsEntry {
  readonly dtype: SafetensorsType;
  readonly shape: readonly number[];
  /** From the start of the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | Int8Array;

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

const HEADER_LIMIT_BYTES = 100 * 1024 * 1024;

/**
 * Reads a file's header and checks that every tensor lies within the file, that none overlap, and that shape and
 * type give its size.
 * @throws DropsweepError WEIGHTS_INVALID with the file and the tensor
 */
export function readSafetensorsHeader(path: string): SafetensorsHeader {
  const file = openForReading(path);
  try {
    const fileBytes = fstatSync(file).size;
    const prefix = readExactly(file, path, 0, 8, fileBytes);
    const headerBytes = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
    if (headerBytes > Math.min(HEADER_LIMIT_BYTES, fileBytes - 8)) {
      throw invalid(path, 'the header is longer than the file', headerBytes, `at most ${fileBytes - 8} bytes`);
    }
    const text = new TextDecoder().decode(readExactly(file, path, 8, headerBytes, fileBytes));
    return checkHeader(path, parseHeader(path, text), 8 + headerBytes, fileBytes);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads one tensor's elements as they are stored. Half-precision types are read by `readWidened`.
 * @throws DropsweepError WEIGHTS_INVALID for a short file or an unreadable type
 */
export function readTensor(path: string, entry: SafetensorsEntry): TensorData {
  const file = openForReading(path);
  try {
    const bytes = readExactly(file, path, entry.byteOffset, entry.byteLength, fstatSync(file).size);
    const { buffer } = bytes;
    if (entry.dtype === 'F32') return new Float32Array(buffer);
    if (entry.dtype === 'F64') return new Float64Array(buffer);
    if (entry.dtype === 'I64') return new BigInt64Array(buffer);
    if (entry.dtype === 'I32') return new Int32Array(buffer);
    if (entry.dtype === 'I8') return new Int8Array(buffer);
    if (entry.dtype === 'U8' || entry.dtype === 'BOOL') return bytes;
    throw invalid(path, 'a tensor has a type that is not read', entry.dtype, 'F32, F64, I64, I32, I8, U8 or BOOL');
  } finally {
    closeSync(file);
  }
}

/** Reads a floating-point tensor as float32; half precision is widened exactly. Any other type is WEIGHTS_INVALID. */
export function readWidened(path: string, name: string, entry: SafetensorsEntry): Float32Array {
  if (entry.dtype !== 'F16' && entry.dtype !== 'BF16') return readFloat32(path, name, entry);
  const file = openForReading(path);
  try {
    const { buffer } = readExactly(file, path, entry.byteOffset, entry.byteLength, fstatSync(file).size);
    const halves = new Uint16Array(buffer);
    return entry.dtype === 'F16' ? widenFloat16(halves) : widenBfloat16(halves);
  } finally {
    closeSync(file);
  }
}

/** Reads a float32 tensor; any other type is WEIGHTS_INVALID. */
export function readFloat32(path: string, name: string, entry: SafetensorsEntry): Float32Array {
  const data = readTensor(path, entry);
  if (data instanceof Float32Array) return data;
  throw invalid(`${path} ${name}`, 'a tensor has the wrong type', entry.dtype, 'F32');
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new DropsweepError('WEIGHTS_INVALID', 'a safetensors file cannot be opened', { where: path, cause: error });
  }
}

function readExactly(file: number, path: string, offset: number, length: number, fileBytes: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, offset + done);
    if (count === 0) {
      throw invalid(path, 'the file is truncated', `${fileBytes} bytes`, `at least ${offset + length} bytes`);
    }
    done += count;
  }
  return bytes;
}

function parseHeader(path: string, text: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(text);
    if (isRecord(header)) return header;
  } catch (error) {
    throw new DropsweepError('WEIGHTS_INVALID', 'the header is not JSON', { where: path, cause: error });
  }
  throw invalid(path, 'the header is not an object', text.slice(0, 40), 'an object of tensors');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkHeader(
  path: string,
  header: Record<string, unknown>,
  dataStart: number,
  fileBytes: number,
): SafetensorsHeader {
  const tensors = new Map<string, SafetensorsEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = checkMetadata(path, value);
    else tensors.set(name, checkEntry(`${path} ${name}`, value, dataStart, fileBytes));
  }
  const ordered = [...tensors].sort(([, a], [, b]) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const [name, entry] of ordered) {
    if (entry.byteOffset < end)
      throw invalid(`${path} ${name}`, 'a tensor overlaps another', entry.byteOffset, `${end}`);
    end = entry.byteOffset + entry.byteLength;
  }
  return { tensors, metadata };
}

function checkMetadata(path: string, value: unknown): Record<string, string> {
  if (!isRecord(value)) throw invalid(path, '__metadata__ is not an object', value, 'names and strings');
  const metadata: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw invalid(`${path} __metadata__.${name}`, 'a value is no string', text, 'a string');
    metadata[name] = text;
  }
  return metadata;
}

function checkEntry(where: string, value: unknown, dataStart: number, fileBytes: number): SafetensorsEntry {
  if (!isRecord(value)) throw invalid(where, 'a tensor is not described', value, 'dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isType(dtype)) throw invalid(where, 'a tensor has an unknown type', dtype, Object.keys(elementBytes).join(', '));
  if (!isCounts(shape)) throw invalid(where, 'a tensor has a malformed shape', shape, 'a list of counts');
  const [begin, end, more] = isCounts(offsets) ? offsets : [];
  if (begin === undefined || end === undefined || more !== undefined || end < begin) {
    throw invalid(where, 'a tensor has malformed data_offsets', offsets, '[begin, end] with begin ≤ end');
  }
  const expectedBytes = shape.reduce((product, count) => product * count, elementBytes[dtype]);
  if (end - begin !== expectedBytes) {
    throw invalid(where, 'shape and type contradict the size', `${end - begin} bytes`, `${expectedBytes} bytes`);
  }
  if (dataStart + end > fileBytes) {
    throw invalid(
      where,
      'a tensor lies outside the file (truncated?)',
      `${fileBytes} bytes`,
      `${dataStart + end} bytes`,
    );
  }
  return { dtype, shape, byteOffset: dataStart + begin, byteLength: end - begin };
}

function isType(value: unknown): value is SafetensorsType {
  return typeof value === 'string' && Object.hasOwn(elementBytes, value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function invalid(where: string, what: string, got: unknown, expected: string): DropsweepError {
  return new DropsweepError('WEIGHTS_INVALID', what, {
    where,
    got,
    expected,
    fix: 'fetch or write the file again; a download that stopped early looks like this',
  });
}
