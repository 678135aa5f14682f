import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { huggingFaceSnapshot } from '../../src/hub/hugging-face-cache.ts';
import { resolveModel } from '../../src/hub/resolve-model.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-base-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each([
  [{}, /an adapter that does not name its base/],
  [{ use_dora: true, bias: 'all' }, /an adapter that does not name its base/],
  [
    { base_model_name_or_path: 'org/name', target_modules: '.*query', layers_to_transform: [1] },
    /adapter of org\/name[^]*set base: org\/name/,
  ],
])('a folder with an adapter alone is said to be one: %j', async (config, message) => {
  writeFileSync(path.join(folder, 'adapter_config.json'), JSON.stringify(config));
  writeFileSync(path.join(folder, 'adapter_model.safetensors'), '');
  await expect(resolveModel(folder, { cacheFolder: path.join(folder, 'cache'), fetch: false })).rejects.toThrow(
    message,
  );
});

it('a cached snapshot is found without refs where it is the only one, and by a ref that ends in a newline', () => {
  const model = path.join(folder, 'models--org--name');
  const first = path.join(model, 'snapshots', 'c0ffee');
  mkdirSync(first, { recursive: true });
  const find = () => huggingFaceSnapshot('org/name', { HF_HUB_CACHE: folder });
  expect(find()).toBe(first);
  mkdirSync(path.join(model, 'snapshots', 'decaf'));
  expect(find()).toBeNull();
  mkdirSync(path.join(model, 'refs'));
  writeFileSync(path.join(model, 'refs', 'main'), 'c0ffee\n');
  expect(find()).toBe(first);
});
