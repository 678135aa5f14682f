import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import {
  readFloat32,
  readSafetensorsHeader,
  readTensor,
  type SafetensorsEntry,
} from '../../src/formats/safetensors.ts';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-safetensors-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(bytes: Uint8Array): string {
  const path = join(folder, 'model.safetensors');
  writeFileSync(path, bytes);
  return path;
}

function withHeader(header: string, dataBytes: number, headerBytes = BigInt(Buffer.byteLength(header))): string {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(headerBytes);
  return write(Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(dataBytes)]));
}

function entryOf(path: string, name: string): SafetensorsEntry {
  const entry = readSafetensorsHeader(path).tensors.get(name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return entry;
}

const weights = Float32Array.of(1.5, -2, 3.25, 0, 5, 6);
const ids = BigInt64Array.of(7n, -8n, 9n);

test('tensors and metadata come back as they were written, and equal input gives equal bytes', () => {
  const tensors = [
    { name: 'weights', shape: [2, 3], data: weights },
    { name: 'ids', shape: [3], data: ids },
    { name: 'step', shape: [], data: Int32Array.of(11) },
  ];
  const bytes = writeSafetensors(tensors, { b: 'two', a: 'one' });
  expect(writeSafetensors(tensors, { a: 'one', b: 'two' })).toEqual(bytes);
  const path = write(bytes);
  const header = readSafetensorsHeader(path);
  expect(header.metadata).toEqual({ a: 'one', b: 'two' });
  expect([...header.tensors.keys()]).toEqual(['weights', 'ids', 'step']);
  expect(entryOf(path, 'weights')).toMatchObject({ dtype: 'F32', shape: [2, 3], byteLength: 24 });
  expect(readFloat32(path, 'weights', entryOf(path, 'weights'))).toEqual(weights);
  expect(readTensor(path, entryOf(path, 'ids'))).toEqual(ids);
  expect(readTensor(path, entryOf(path, 'step'))).toEqual(Int32Array.of(11));
});

test('a view into a larger buffer is written as its own elements', () => {
  const path = write(writeSafetensors([{ name: 'part', shape: [2], data: weights.subarray(2, 4) }]));
  expect(readTensor(path, entryOf(path, 'part'))).toEqual(Float32Array.of(3.25, 0));
});

const malformed: readonly [string, () => string][] = [
  ['an empty file', () => write(new Uint8Array(0))],
  [
    'a file cut within the header',
    () => write(writeSafetensors([{ name: 'w', shape: [6], data: weights }]).slice(0, 20)),
  ],
  [
    'a file cut within the data',
    () => write(writeSafetensors([{ name: 'w', shape: [6], data: weights }]).slice(0, -1)),
  ],
  ['an oversized header length', () => withHeader('{}', 0, 2n ** 63n)],
  ['a header that is no JSON', () => withHeader('{"w":', 0)],
  ['a header that is a list', () => withHeader('[]', 0)],
  ['an unknown type', () => withHeader('{"w":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}', 4)],
  ['a type that only Object knows', () => withHeader('{"w":{"dtype":"toString","shape":[1],"data_offsets":[0,4]}}', 4)],
  ['a negative extent', () => withHeader('{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4)],
  ['a size that contradicts the shape', () => withHeader('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4)],
  ['a tensor outside the file', () => withHeader('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 4)],
  ['offsets in the wrong order', () => withHeader('{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', 4)],
  [
    'overlapping tensors',
    () =>
      withHeader(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        8,
      ),
  ],
  ['metadata that is no string', () => withHeader('{"__metadata__":{"step":3}}', 0)],
  ['a missing file', () => join(folder, 'absent.safetensors')],
];

test.each(malformed)('%s is WEIGHTS_INVALID', (_, make) => {
  const path = make();
  let caught: unknown;
  try {
    readSafetensorsHeader(path);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(DropsweepError);
  expect(caught).toMatchObject({ code: 'WEIGHTS_INVALID' });
  expect(String(caught)).toContain(path);
});

test('a float64 tensor is not taken for float32', () => {
  const path = write(writeSafetensors([{ name: 'w', shape: [1], data: Float64Array.of(1) }]));
  expect(() => readFloat32(path, 'w', entryOf(path, 'w'))).toThrow(/F64/);
});
