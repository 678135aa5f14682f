import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Amount, Progress } from '../../src/base/progress.ts';
import { findModel, resolveModel } from '../../src/hub/resolve-model.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { HubServer } from './hub-server.ts';

let folder: string;
let hub: HubServer;
let environment: NodeJS.ProcessEnv;
const name = 'someone/tiny-model';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-hub-'));
  const source = join(folder, 'source');
  mkdirSync(source);
  writeTinyModel(source);
  writeFileSync(join(source, 'tokenizer_config.json'), '{"tokenizer_class": "BertTokenizer"}');
  hub = new HubServer(Object.fromEntries(readdirSync(source).map((file) => [file, readFileSync(join(source, file))])));
  environment = { HF_ENDPOINT: await hub.start(), PATH: '' };
});

afterEach(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

const options = () => ({
  cacheFolder: join(folder, 'cache'),
  environment,
  stallTimeoutMs: 300,
  connectTimeoutMs: 2_000,
});
const kept = () => join(folder, 'cache', 'models', 'someone--tiny-model');

describe('a base model', () => {
  it('is fetched from the hub at its commit once, then comes from the cache', async () => {
    const first = await resolveModel(name, options());
    const asked = hub.requests.length;
    const second = await resolveModel(name, options());
    expect(second).toEqual(first);
    expect(first.folder).toBe(kept());
    expect(hub.requests).toHaveLength(asked);
    expect(hub.requests).toContain('/someone/tiny-model/resolve/c0ffee/model.safetensors');
  });

  it('tells while it is fetched how much of each file is there', async () => {
    const told = new Map<string, Amount[]>();
    const progress: Progress = (what, amount) => {
      told.set(what, [...(told.get(what) ?? []), ...(amount === undefined || amount === null ? [] : [amount])]);
    };
    const { folder: fetched } = await resolveModel(name, { ...options(), progress });
    const size = readFileSync(join(fetched, 'model.safetensors')).length;
    const amounts = told.get(`fetching ${name}/model.safetensors`) ?? [];
    expect(amounts.at(-1)).toEqual({ done: size, of: size, unit: 'B' });
    expect(amounts.map(({ done }) => done)).toEqual(amounts.map(({ done }) => done).toSorted((a, b) => a - b));
  });

  it('comes with what transformers opens its tokenizer by, so that exports have it too', async () => {
    const { folder: fetched } = await resolveModel(name, options());
    expect(readFileSync(join(fetched, 'tokenizer_config.json'), 'utf8')).toContain('BertTokenizer');
  });

  it('has one hash wherever it lies, and another when its weights change', async () => {
    const fetched = await resolveModel(name, options());
    const local = await resolveModel(join(folder, 'source'), options());
    expect(local.content_hash).toBe(fetched.content_hash);
    const weights = join(folder, 'source', 'model.safetensors');
    const bytes = readFileSync(weights);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(weights, bytes);
    const changed = await resolveModel(join(folder, 'source'), options());
    expect(changed.content_hash).not.toBe(local.content_hash);
    expect(changed.tokenizer_hash).toBe(local.tokenizer_hash);
  });

  it('is fetched once when two ask at the same time', async () => {
    await Promise.all([resolveModel(name, options()), resolveModel(name, options())]);
    expect(hub.requests.filter((path) => path.endsWith('model.safetensors'))).toHaveLength(1);
  });

  it('goes on from where an earlier download stopped', async () => {
    const weights = hub.files['model.safetensors'] ?? Buffer.alloc(0);
    mkdirSync(`${kept()}.partial`, { recursive: true });
    writeFileSync(join(`${kept()}.partial`, 'model.safetensors.partial'), weights.subarray(0, 1_000));
    await resolveModel(name, options());
    expect(hub.ranges).toEqual(['bytes=1000-']);
    expect(readFileSync(join(kept(), 'model.safetensors'))).toEqual(weights);
  });

  it('is asked for again when the connection breaks, whatever of it had reached the disk', async () => {
    hub.misbehaviour = 'truncate-once';
    await resolveModel(name, options());
    expect(readFileSync(join(kept(), 'model.safetensors'))).toEqual(hub.files['model.safetensors']);
    expect(hub.requests.filter((path) => path.endsWith('model.safetensors'))).toHaveLength(2);
  });

  it.each([
    ['wrong-bytes', /content is not what it should be/],
    ['stall', /stalled for 0\.3 s/],
    ['not-found', /answered 404/],
  ] as const)('is not accepted from a hub that does %s, and the reason is told', async (misbehaviour, reason) => {
    hub.misbehaviour = misbehaviour;
    const fault = resolveModel(name, options());
    await expect(fault).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(fault).rejects.toThrow(reason);
    expect(existsSync(kept())).toBe(false);
  });

  it('is taken from where Hugging Face’s tools keep it, links and all, and nothing is fetched', async () => {
    const home = join(folder, 'hf');
    const model = join(home, 'hub', 'models--someone--tiny-model');
    for (const place of ['refs', 'blobs', 'snapshots/c0ffee']) mkdirSync(join(model, place), { recursive: true });
    writeFileSync(join(model, 'refs', 'main'), 'c0ffee');
    const files = Object.entries(hub.files);
    const withCache = { ...options(), environment: { ...environment, HF_HOME: home } };
    // An interrupted download is passed over.
    const [first, ...rest] = files.map(([file, bytes]) => () => {
      writeFileSync(join(model, 'blobs', file), bytes);
      symlinkSync(join('..', '..', 'blobs', file), join(model, 'snapshots', 'c0ffee', file));
    });
    first?.();
    await expect(resolveModel(name, { ...withCache, fetch: false })).rejects.toThrow(/c0ffee is not complete/);
    for (const write of rest) write();
    const found = await resolveModel(name, withCache);
    expect(found.folder).toBe(join(model, 'snapshots', 'c0ffee'));
    expect(hub.requests).toEqual([]);
    expect((await resolveModel(name, options())).content_hash).toBe(found.content_hash);
  });

  it('is not asked for when the hub is off limits, and every place is named', async () => {
    const fault = resolveModel(name, { ...options(), environment: { ...environment, HF_HUB_OFFLINE: '1' } });
    await expect(fault).rejects.toThrow(
      /folder .*; cache .*; cache of Hugging Face: not there; hub: HF_HUB_OFFLINE is set; mirror: no mirror is known/,
    );
    expect(hub.requests).toEqual([]);
  });

  it('is not fetched by a look', async () => {
    expect(await findModel(name, options())).toBeNull();
    expect(hub.requests).toEqual([]);
  });
});
