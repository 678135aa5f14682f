import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type CheckpointState,
  readCheckpoint,
  readCheckpointState,
  writeCheckpoint,
} from '../../src/train/checkpoints/checkpoint.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-checkpoint-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const hash = 'ab'.repeat(32);

function stateAt(step: number): CheckpointState {
  return {
    trainingHash: hash,
    trainerVersion: 'test',
    numericsClass: 'cpu/test',
    seed: 3,
    layout: {
      modules: [{ name: 'encoder.layer.0.attention.self.query', inFeatures: 3, outFeatures: 2 }],
      tensors: [
        { name: 'encoder.layer.0.attention.self.query.lora_A', shape: [1, 3], offset: 0 },
        { name: 'encoder.layer.0.attention.self.query.lora_B', shape: [2, 1], offset: 3 },
      ],
      length: 5,
    },
    state: {
      parameters: Float32Array.of(1, 2, 3, 4, 5 + step),
      firstMoment: Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5),
      secondMoment: Float32Array.of(6, 7, 8, 9, 10),
      step,
    },
  };
}

test('a loss scale comes back with its checkpoint, and one without stays without', async () => {
  const { state, ...rest } = stateAt(7);
  const scaled = { ...rest, state: { ...state, lossScale: { scale: 2 ** 24, goodSteps: 1_999 } } };
  const reference = await writeCheckpoint(scaled, { folder, storeId: 'local', epoch: 4 });
  expect(await readCheckpoint(reference, hash, folder)).toEqual(scaled);
  const plain = await writeCheckpoint(stateAt(7), { folder, storeId: 'local', epoch: 5 });
  expect((await readCheckpoint(plain, hash, folder)).state).not.toHaveProperty('lossScale');
});

test('a checkpoint comes back as it was, and its name carries step and epoch', async () => {
  const reference = await writeCheckpoint(stateAt(7), { folder, storeId: 'local', epoch: 4 });
  expect(reference).toMatchObject({ storeId: 'local', step: 7 });
  expect(reference.uri).toMatch(/step-7-epoch-4\.safetensors$/);
  const path = join(folder, reference.uri);
  expect(statSync(path).size).toBe(reference.bytes);
  expect(await readCheckpoint(reference, hash, folder)).toEqual(stateAt(7));
  expect(readCheckpointState(path)).toEqual(stateAt(7));
  expect(readdirSync(dirname(path))).toEqual(['step-7-epoch-4.safetensors']);
});

test('a checkpoint holds what ranks are allocated by, and is refused where a part of it is missing', async () => {
  const plain = stateAt(7);
  const name = 'encoder.layer.0.attention.self.query.lora_E';
  const layout = { ...plain.layout, tensors: [...plain.layout.tensors, { name, shape: [1, 1], offset: 4 }] };
  const vector = (from: number) => Float32Array.from({ length: 5 }, (_, i) => from + i);
  const allocation = { sensitivity: vector(1), uncertainty: vector(2), active: Float32Array.of(1) };
  const whole: CheckpointState = { ...plain, layout, state: { ...plain.state, allocation } };
  const place = { folder, storeId: 'local', epoch: 4 };
  expect(await readCheckpoint(await writeCheckpoint(whole, place), hash, folder)).toEqual(whole);
  const short = { ...allocation, active: Float32Array.of(1, 1) };
  const reference = await writeCheckpoint({ ...whole, state: { ...plain.state, allocation: short } }, place);
  await expect(readCheckpoint(reference, hash, folder)).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
});

test('two attempts write the same bytes under two names', async () => {
  const first = await writeCheckpoint(stateAt(7), { folder, storeId: 'local', epoch: 1 });
  const second = await writeCheckpoint(stateAt(7), { folder, storeId: 'local', epoch: 2 });
  expect(second.uri).not.toBe(first.uri);
  expect(second.sha256).toBe(first.sha256);
});

test('a checkpoint that is missing, cut, altered, or of another training or step is CHECKPOINT_INVALID', async () => {
  const invalid = { code: 'CHECKPOINT_INVALID' };
  const reference = await writeCheckpoint(stateAt(7), { folder, storeId: 'local', epoch: 1 });
  const path = join(folder, reference.uri);
  await expect(readCheckpoint(reference, 'cd'.repeat(32), folder)).rejects.toMatchObject(invalid);
  await expect(readCheckpoint({ ...reference, step: 8 }, hash, folder)).rejects.toMatchObject(invalid);
  await expect(readCheckpoint({ ...reference, uri: 'absent' }, hash, folder)).rejects.toMatchObject(invalid);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, -3));
  await expect(readCheckpoint(reference, hash, folder)).rejects.toMatchObject(invalid);
  expect(() => readCheckpointState(path)).toThrow(/CHECKPOINT_INVALID/);
  const altered = Buffer.from(bytes);
  altered[bytes.length - 1] = (altered[bytes.length - 1] ?? 0) ^ 1;
  writeFileSync(path, altered);
  await expect(readCheckpoint(reference, hash, folder)).rejects.toMatchObject(invalid);
  writeFileSync(path, 'no checkpoint at all');
  expect(() => readCheckpointState(path)).toThrow(/CHECKPOINT_INVALID/);
});

// /dev/full takes an open and fails every write with ENOSPC, as a full disk does.
test.skipIf(!existsSync('/dev/full'))('a full disk is DISK_FULL and leaves the last good checkpoint', async () => {
  const place = { folder, storeId: 'local', epoch: 1 };
  const good = await writeCheckpoint(stateAt(7), place);
  const { symlinkSync } = await import('node:fs');
  symlinkSync('/dev/full', join(folder, dirname(good.uri), 'step-8-epoch-1.safetensors.partial'));
  await expect(writeCheckpoint(stateAt(8), place)).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(readdirSync(join(folder, dirname(good.uri)))).toEqual(['step-7-epoch-1.safetensors']);
  expect(await readCheckpoint(good, hash, folder)).toEqual(stateAt(7));
});
