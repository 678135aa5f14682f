import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodedTexts } from '../support/encoded.ts';
import { resolveModel } from '../../src/hub/resolve-model.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import { tinyRows, writeTinyModel } from '../support/tiny-model.ts';
import { HubServer } from './hub-server.ts';

/** The tiny model as older ones were published; make-published.py wrote it. */
const published = join(import.meta.dirname, 'published');
const one = ['pytorch_model.bin', 'vocab.txt'];
const shards = readdirSync(published).filter((name) => name.startsWith('pytorch_model') && name !== one[0]);

let folder: string;
let source: string;
let modern: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-complete-'));
  source = join(folder, 'source');
  modern = join(folder, 'modern');
  mkdirSync(source);
  mkdirSync(modern);
  writeTinyModel(modern);
  copyFileSync(join(modern, 'config.json'), join(source, 'config.json'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const publish = (names: readonly string[]) => {
  for (const name of names) cpSync(join(published, name), join(source, name));
};
const options = () => ({ cacheFolder: join(folder, 'cache'), environment: { PATH: '', HF_HUB_OFFLINE: '1' } });

/** The gradient's norm and loss of one step over rows, which tokens and every weight decide. */
async function firstStep(modelFolder: string) {
  const rows = tinyRows(1, 4);
  const { inputs } = await encodedTexts(modelFolder, rows, 16);
  const inputIds = inputs.map(({ ids }) => [...ids]);
  const labels = inputs.flatMap((input) => input.labels);
  const length = Math.max(...inputIds.map((ids) => ids.length));
  const padded = (ids: readonly number[]) => [...ids, ...Array.from({ length: length - ids.length }, () => 0)];
  const engine = await openAdapterEngine({
    modelFolder,
    task: { kind: 'classification', label_names: ['no', 'yes'] },
    adapter: { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] },
    threads: 1,
  });
  const batch = {
    rows: rows.length,
    length,
    inputIds: BigInt64Array.from(inputIds.flatMap(padded), BigInt),
    attentionMask: BigInt64Array.from(
      inputIds.flatMap((ids) => padded(ids.map(() => 1))),
      BigInt,
    ),
    tokenTypeIds: new BigInt64Array(rows.length * length),
    samples: Uint32Array.from(rows, (_, row) => row),
  };
  const kept = (side: 'inFeatures' | 'outFeatures') =>
    new Float32Array(engine.layout.modules.reduce((sum, module) => sum + module[side], 0)).fill(1);
  const masks = { input: kept('inFeatures'), output: kept('outFeatures') };
  const step = await engine.step(
    engine.initialState(0),
    batch,
    BigInt64Array.from(labels, BigInt),
    [masks],
    stepHyperparameters,
  );
  await engine.close();
  return { inputIds, loss: step.loss, norm: step.gradientNorm };
}

describe('a model published with other files in place of safetensors and tokenizer.json', () => {
  it.each([
    ['in one file', one],
    ['in shards', [...shards, 'vocab.txt']],
  ])('trains as the same model with them: %s, its folder untouched', async (_, names) => {
    publish(names);
    const told: string[] = [];
    const found = await resolveModel(source, { ...options(), progress: (text) => told.push(text) });
    expect(readdirSync(source).sort()).toEqual(['config.json', ...names].sort());
    expect(told.join('\n')).toMatch(
      /making tokenizer.json of vocab.txt\nconverting pytorch_model.*bin to safetensors; once/,
    );
    expect(await firstStep(found.folder)).toEqual(await firstStep(modern));
    expect(await resolveModel(source, options())).toEqual(found);
  });

  it('keeps the safetensors that it has when the tokenizer alone is to be made', async () => {
    publish(['vocab.txt']);
    copyFileSync(join(modern, 'model.safetensors'), join(source, 'model.safetensors'));
    const found = await resolveModel(source, options());
    expect(readFileSync(join(found.folder, 'model.safetensors'))).toEqual(
      readFileSync(join(modern, 'model.safetensors')),
    );
  });

  it('is converted anew when its files change', async () => {
    publish(one);
    const found = await resolveModel(source, options());
    writeFileSync(join(source, 'vocab.txt'), readFileSync(join(source, 'vocab.txt'), 'utf8').replace('very', 'vary'));
    const changed = await resolveModel(source, options());
    expect(changed.content_hash).toBe(found.content_hash);
    expect(changed.tokenizer_hash).not.toBe(found.tokenizer_hash);
  });

  it('is refused, and nothing of it kept, when the checkpoint is cut short', async () => {
    publish(one);
    truncateSync(join(source, 'pytorch_model.bin'), 20_000);
    await expect(resolveModel(source, options())).rejects.toThrow(/WEIGHTS_INVALID: a PyTorch checkpoint/);
    expect(readdirSync(join(folder, 'cache', 'completed')).filter((name) => !name.endsWith('.partial'))).toEqual([]);
    publish(one);
    await resolveModel(source, options());
  });

  it('is found nowhere when a shard is missing, or a vocabulary', async () => {
    publish(['pytorch_model.bin']);
    await expect(resolveModel(source, options())).rejects.toThrow(/MODEL_NOT_FOUND.*[^]*lacks tokenizer.json$/m);
    publish([...shards.slice(1), 'vocab.txt']);
    rmSync(join(source, 'pytorch_model.bin'));
    await expect(resolveModel(source, options())).rejects.toThrow(
      /WEIGHTS_INVALID.*\n.*pytorch_model-00001-of-00002.bin/,
    );
  });
});

describe('the hub', () => {
  it.each([
    ['one file', one, 'someone/older-model'],
    ['shards', [...shards, 'vocab.txt'], 'someone/older-model'],
    ['one file, under a name without an organisation', one, 'older-model'],
  ])('gives what the missing files are made of: %s', async (_, names, reference) => {
    const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(published, name))]));
    const hub = new HubServer({
      ...files,
      'config.json': readFileSync(join(modern, 'config.json')),
      'README.md': Buffer.from('#'),
    });
    const environment = { HF_ENDPOINT: await hub.start(), PATH: '' };
    try {
      const found = await resolveModel(reference, { ...options(), environment });
      expect(await firstStep(found.folder)).toEqual(await firstStep(modern));
      expect(readdirSync(found.folder).filter((name) => name.includes('.bin'))).toEqual([]);
      expect(hub.requests.filter((path) => path.endsWith('README.md'))).toEqual([]);
    } finally {
      await hub.stop();
    }
  });

  it('that lacks even those is told so', async () => {
    const hub = new HubServer({
      'config.json': readFileSync(join(modern, 'config.json')),
      'vocab.txt': Buffer.from('x'),
    });
    const environment = { HF_ENDPOINT: await hub.start(), PATH: '' };
    try {
      await expect(resolveModel('someone/older-model', { ...options(), environment })).rejects.toThrow(
        /has the model, but no model.safetensors or pytorch_model.bin in it/,
      );
    } finally {
      await hub.stop();
    }
  });
});
