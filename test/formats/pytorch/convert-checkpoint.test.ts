import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DropsweepError } from '../../../src/base/errors.ts';
import { convertCheckpoint } from '../../../src/formats/pytorch/convert-checkpoint.ts';
import {
  readSafetensorsHeader,
  readTensor,
  readWidened,
  type SafetensorsEntry,
} from '../../../src/formats/safetensors.ts';

const fixture = (name: string) => path.join(import.meta.dirname, name);

/** What PyTorch says of each tensor; make-checkpoints.py wrote it. */
const expected = z
  .record(z.string(), z.object({ dtype: z.string(), shape: z.array(z.number()), values: z.array(z.number()) }))
  .parse(JSON.parse(readFileSync(fixture('tensors.json'), 'utf8')));

const types: Readonly<Record<string, string>> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  float64: 'F64',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

let folder: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-checkpoint-'));
  target = path.join(folder, 'model.safetensors');
});
afterEach(() => rmSync(folder, { recursive: true }));

function valuesOf(name: string, entry: SafetensorsEntry): readonly number[] {
  if (entry.dtype === 'F16' || entry.dtype === 'BF16') return [...readWidened(target, name, entry)];
  if (entry.dtype !== 'I16') return Array.from(readTensor(target, entry), Number);
  const bytes = readFileSync(target).subarray(entry.byteOffset, entry.byteOffset + entry.byteLength);
  return Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i));
}

describe('a checkpoint of torch.save', () => {
  it.each(['tensors.pt', 'tensors-sequence.pt'])('%s becomes safetensors, tensor by tensor', async (name) => {
    const names = await convertCheckpoint(fixture(name), target);
    const { tensors, metadata } = readSafetensorsHeader(target);
    expect(metadata).toEqual({ format: 'pt' });
    expect([...names].sort()).toEqual(Object.keys(expected).sort());
    for (const [tensor, { dtype, shape, values }] of Object.entries(expected)) {
      const entry = tensors.get(tensor);
      if (entry === undefined) throw new Error(`${tensor} is missing`);
      expect([tensor, entry.dtype, entry.shape]).toEqual([tensor, types[dtype], shape]);
      expect([tensor, ...valuesOf(tensor, entry)]).toEqual([tensor, ...values]);
      if (entry.byteLength > 0) expect(entry.byteOffset % (entry.byteLength / values.length)).toBe(0);
    }
  });

  it('gives the same bytes from both kinds of file', async () => {
    await convertCheckpoint(fixture('tensors.pt'), target);
    const other = path.join(folder, 'other.safetensors');
    await convertCheckpoint(fixture('tensors-sequence.pt'), other);
    expect(readFileSync(other)).toEqual(readFileSync(target));
  });

  it.each([
    [
      'program.pt',
      /names what no state dict of tensors needs; nothing was run\n[^]*got: (__builtin__|builtins)\.print/,
    ],
    ['nested.pt', /holds what is no tensor\n[^]*got: \[ 'state_dict', 'a dictionary of weight' \]/],
    ['repeated.pt', /larger than its storage\n[^]*got: 1000 elements/],
  ])('%s is refused by name, and nothing is written', async (name, message) => {
    await expect(convertCheckpoint(fixture(name), target)).rejects.toThrow(message);
    expect(statSync(target, { throwIfNoEntry: false })).toBeUndefined();
  });

  it.each(['tensors.pt', 'tensors-sequence.pt'])('%s is refused when it is cut short anywhere', async (name) => {
    const cut = path.join(folder, name);
    const whole = statSync(fixture(name)).size;
    for (const share of [0, 0.001, 0.1, 0.5, 0.9, 0.999]) {
      copyFileSync(fixture(name), cut);
      truncateSync(cut, Math.floor(whole * share));
      await expect(convertCheckpoint(cut, target)).rejects.toThrow(/WEIGHTS_INVALID/);
    }
    expect(statSync(target, { throwIfNoEntry: false })).toBeUndefined();
  });

  it.each(['tensors.pt', 'tensors-sequence.pt'])('%s is read whole or refused, whatever bytes change', async (name) => {
    const whole = readFileSync(fixture(name));
    const mutated = path.join(folder, name);
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes.writeUInt8(value, at);
        writeFileSync(mutated, bytes);
        rmSync(target, { force: true });
        try {
          await convertCheckpoint(mutated, target);
        } catch (error) {
          if (!(error instanceof DropsweepError)) throw error;
          expect(error.code).toBe('WEIGHTS_INVALID');
          return;
        }
        readSafetensorsHeader(target);
      }),
      { numRuns: Number(process.env['DROPSWEEP_FUZZ'] ?? 2_000) },
    );
  });
});
