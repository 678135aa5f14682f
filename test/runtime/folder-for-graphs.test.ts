import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderForGraphs } from '../../src/runtime/folder-for-graphs.ts';

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
  it("is the model's own where it can be written", () => {
    expect(folderForGraphs(model)).toBe(model);
  });

  describe.skipIf(root && !mayMount())('that cannot be written (skipped for root without the right to mount)', () => {
    it('is one of the cache that holds the same weights and nothing else, the same one every time', () => {
      readOnly(() => {
        const linked = folderForGraphs(model);
        expect(path.dirname(linked)).toBe(path.join(cache, 'dropsweep', 'linked'));
        expect(readdirSync(linked)).toEqual(['model.safetensors']);
        expect(readFileSync(path.join(linked, 'model.safetensors'), 'utf8')).toBe('the first weights');
        expect(folderForGraphs(model)).toBe(linked);
      });
      expect(readdirSync(model)).toEqual(['model.safetensors']);
    });

    it('is another one after the weights were replaced under their name', () => {
      readOnly(() => folderForGraphs(model));
      // Equal in length: size alone does not tell versions apart.
      writeFileSync(path.join(model, 'new'), 'the other weights');
      renameSync(path.join(model, 'new'), path.join(model, 'model.safetensors'));
      readOnly(() => {
        const weights = path.join(folderForGraphs(model), 'model.safetensors');
        expect(readFileSync(weights, 'utf8')).toBe('the other weights');
      });
    });
  });
});
