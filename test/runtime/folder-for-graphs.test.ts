import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderForGraphs } from '../../src/runtime/folder-for-graphs.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const root = process.getuid?.() === 0;
let folder: string;
let model: string;
let cache: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-runtime-'));
  model = path.join(folder, 'model');
  cache = path.join(folder, 'cache');
  mkdirSync(model);
  writeFileSync(path.join(model, 'model.safetensors'), 'the first weights');
  vi.stubEnv('XDG_CACHE_HOME', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const folderOf = (place: string) => folderForGraphs(place, ['model.safetensors']);

/** Modes do not hold root: for root the folder is mounted read-only over itself. */
function readOnly(run: () => void): void {
  if (root) {
    execFileSync('mount', ['--bind', model, model]);
    execFileSync('mount', ['-o', 'remount,bind,ro', model]);
  } else chmodSync(model, 0o555);
  try {
    run();
  } finally {
    if (root) execFileSync('umount', [model]);
    else chmodSync(model, 0o755);
  }
}

function mayMount(): boolean {
  const place = mkdtempSync(path.join(tmpdir(), 'dropsweep-mount-'));
  try {
    execFileSync('mount', ['--bind', place, place], { stdio: 'ignore' });
    execFileSync('umount', [place], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // A container without the right to mount: the tests say so by skipping.
  } finally {
    rmSync(place, { recursive: true });
  }
}

describe('the folder of graphs over a model', () => {
  it("is one of the cache, the same one every time: the model's own stays as it was", () => {
    const linked = folderOf(model);
    expect(path.dirname(linked)).toBe(path.join(cache, 'dropsweep', 'linked'));
    expect(readdirSync(linked)).toEqual(['model.safetensors']);
    expect(folderOf(model)).toBe(linked);
    expect(readdirSync(model)).toEqual(['model.safetensors']);
    // A hard link: mapped once, whoever opens it.
    expect(lstatSync(path.join(linked, 'model.safetensors')).ino).toBe(
      lstatSync(path.join(model, 'model.safetensors')).ino,
    );
  });

  it('is one of the cache where the files are links, as in the cache of Hugging Face: the engine opens them', async () => {
    const snapshot = path.join(folder, 'snapshots', 'c0ffee');
    const blobs = path.join(folder, 'blobs');
    for (const place of [snapshot, blobs]) mkdirSync(place, { recursive: true });
    writeTinyModel(blobs);
    for (const name of readdirSync(blobs)) symlinkSync(path.join('..', '..', 'blobs', name), path.join(snapshot, name));
    const engine = await openAdapterEngine({
      modelFolder: snapshot,
      task: { kind: 'classification', label_names: ['no', 'yes'] },
      adapter: { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] },
      threads: 1,
    });
    await engine.close();
    expect(readdirSync(snapshot).sort()).toEqual(readdirSync(blobs).sort());
    const linked = folderOf(snapshot);
    expect(readdirSync(linked).some((name) => name.endsWith('.onnx'))).toBe(true);
    expect(lstatSync(path.join(linked, 'model.safetensors')).isFile()).toBe(true);
  });

  describe.skipIf(root && !mayMount())('that cannot be written (skipped for root without the right to mount)', () => {
    it('is one of the cache that holds the same weights and nothing else, the same one every time', () => {
      readOnly(() => {
        const linked = folderOf(model);
        expect(path.dirname(linked)).toBe(path.join(cache, 'dropsweep', 'linked'));
        expect(readdirSync(linked)).toEqual(['model.safetensors']);
        expect(readFileSync(path.join(linked, 'model.safetensors'), 'utf8')).toBe('the first weights');
        expect(folderOf(model)).toBe(linked);
      });
      expect(readdirSync(model)).toEqual(['model.safetensors']);
    });

    it('is another one after the weights were replaced under their name', () => {
      readOnly(() => folderOf(model));
      // Equal in length: size alone does not tell versions apart.
      writeFileSync(path.join(model, 'new'), 'the other weights');
      renameSync(path.join(model, 'new'), path.join(model, 'model.safetensors'));
      readOnly(() => {
        const weights = path.join(folderOf(model), 'model.safetensors');
        expect(readFileSync(weights, 'utf8')).toBe('the other weights');
      });
    });
  });
});
