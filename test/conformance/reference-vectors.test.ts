import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedFolder } from '../support/shared-folder.ts';
import { runCase } from './run-case.ts';

const golden = sharedFolder('golden') ?? '';
/** Made by models/vectors/*.py, which say what each holds: what the reference vectors leave out. */
const own = path.join(import.meta.dirname, '..', 'models', 'vectors');

describe.skipIf(golden === '').each(casesIn(golden))(
  '%s of the reference vectors (skipped without ../shared/golden)',
  (name) => holdToItsValues(path.join(golden, name)),
);

describe.each(casesIn(own))('%s of our own vectors', (name) => holdToItsValues(path.join(own, name)));

const options = sharedFolder('cases/models/vectors') ?? '';
/** What the engine does not build: a window that rows reach beyond, YaRN, DeBERTa's convolution. */
const refused = new Set(['mistral-swa10-lora', 'llama-yarn-lora', 'deb-conv-lora']);

describe.skipIf(options === '').each(casesIn(options).filter((name) => !refused.has(name)))(
  '%s of the options that no other vector has (skipped without ../shared/cases)',
  (name) => holdToItsValues(path.join(options, name)),
);

it.skipIf(options === '').each([...refused])(
  '%s is refused by name (skipped without ../shared/cases)',
  async (name) => {
    await expect(runCase(path.join(options, name), 1)).rejects.toThrow(/MODEL_UNSUPPORTED/);
  },
);

function casesIn(folder: string): string[] {
  if (folder === '') return ['none'];
  return readdirSync(folder).filter((name) =>
    ['case.json', 'expected.safetensors'].every((file) => existsSync(path.join(folder, name, file))),
  );
}

function holdToItsValues(folder: string, exported?: string): void {
  // `npm run conformance` takes any number.
  it.each([1, 4])('are met with %i threads', async (threads) => {
    const { misses, measures } = await runCase(folder, threads, exported);
    expect(misses).toEqual([]);
    for (const { kind, compared } of measures) expect(compared, kind).toBeGreaterThan(0);
  });
}

const exports = ['model.dynamo.onnx', 'model.script.onnx'].flatMap((file) =>
  casesIn(golden)
    .filter((name) => /^(bert|distilbert|roberta|deberta).*-lora$/.test(name))
    .filter((name) => existsSync(path.join(golden, name, file)))
    .map((name) => [name, file] as const),
);

describe.skipIf(golden === '').each(exports.length === 0 ? [['none', 'none'] as const] : exports)(
  '%s imported from %s (skipped without ../shared/golden)',
  (name, file) => holdToItsValues(path.join(golden, name), file),
);
