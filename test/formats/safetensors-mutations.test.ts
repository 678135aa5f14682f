import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import { readSafetensorsHeader, readTensor } from '../../src/formats/safetensors.ts';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { stream } from '../../src/random/stream.ts';

const mutations = 10_000;
/** What a writer with a fault, or with intent, may leave where a number or a name should be. */
const splices = [
  '-1',
  '9007199254740993',
  '1e308',
  'NaN',
  'null',
  '[]',
  '{}',
  '"F32"',
  '"BF16"',
  '__proto__',
  'data_offsets',
  '\u0000',
  '\\ud800',
  '",',
  '[0,0]',
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-mutations-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('ten thousand mutated files are each read whole or refused as WEIGHTS_INVALID', () => {
  const whole = writeSafetensors(
    [
      { name: 'encoder.weight', shape: [4, 3], data: new Float32Array(12).fill(1) },
      { name: 'encoder.bias', shape: [4], data: new Float32Array(4) },
      { name: 'ids', shape: [2, 2], data: new BigInt64Array(4) },
    ],
    { format: 'pt' },
  );
  const file = join(folder, 'model.safetensors');
  const outcomes = { read: 0, refused: 0 };
  for (let i = 0; i < mutations; i += 1) {
    const bytes = mutate(whole, i);
    writeFileSync(file, bytes);
    try {
      const { tensors } = readSafetensorsHeader(file);
      for (const entry of tensors.values()) {
        expect(entry.byteOffset).toBeGreaterThanOrEqual(8);
        expect(entry.byteOffset + entry.byteLength).toBeLessThanOrEqual(bytes.length);
        if (entry.dtype === 'F32') expect(readTensor(file, entry)).toHaveLength(entry.byteLength / 4);
      }
      outcomes.read += 1;
    } catch (error) {
      if (!(error instanceof DropsweepError) || error.code !== 'WEIGHTS_INVALID') throw error;
      outcomes.refused += 1;
    }
  }
  expect(outcomes.read + outcomes.refused).toBe(mutations);
  expect(outcomes.refused).toBeGreaterThan(mutations / 2);
  expect(outcomes.read).toBeGreaterThan(0);
});

/** One to four changes: a byte, a cut, a repeated piece, a splice into the header, or another header length. */
function mutate(whole: Uint8Array, seed: number): Uint8Array {
  const draw = stream(seed, 'safetensors-mutation');
  const below = (limit: number): number => draw.integers(1, Math.max(1, limit))[0] ?? 0;
  let bytes = Buffer.from(whole);
  const changes = 1 + below(4);
  for (let change = 0; change < changes; change += 1) {
    const at = below(bytes.length);
    const headerAt = Math.min(bytes.length, 8 + below(240));
    switch (below(6)) {
      case 0:
        if (bytes.length > 0) bytes.writeUInt8(below(256), at);
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at - below(at + 1), at), bytes.subarray(at)]);
        break;
      case 3: {
        const splice = Buffer.from(splices[below(splices.length)] ?? '');
        bytes = Buffer.concat([bytes.subarray(0, headerAt), splice, bytes.subarray(headerAt + splice.length)]);
        break;
      }
      case 4:
        if (bytes.length >= 8) bytes.writeBigUInt64LE(BigInt(below(400)), 0);
        break;
      default:
        if (bytes.length >= 8) bytes.writeBigUInt64LE(0xffff_ffff_ffff_ffffn - BigInt(below(1_000)), 0);
    }
    bytes = Buffer.from(bytes);
  }
  return bytes;
}
