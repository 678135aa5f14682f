import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describedBase } from '../../src/launch/base/described-base.ts';
import { dryRun } from '../../src/launch/launch-sweep.ts';
import { predictMemory } from '../../src/launch/cost/predict-memory.ts';
import { prepareSweep } from '../../src/launch/prepare-sweep.ts';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';

const examples = path.join(import.meta.dirname, '../../examples');
const gibibyte = 2 ** 30;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-described-'));
  cpSync(examples, folder, { recursive: true });
  const row = { instruction: 'Name three colours.', input: '', output: 'Red, green and blue. '.repeat(120) };
  writeFileSync(path.join(folder, 'alpaca_data.json'), JSON.stringify(Array.from({ length: 100 }, () => row)));
});
afterAll(() => rmSync(folder, { recursive: true }));

const definitionOf = (name: string) => readSweepFile(path.join(folder, name));

/** Llama-2-7B by its config.json: 6.7 billion weights of 4 bytes are 25.1 GiB. */
describe('a base of which there is config.json alone', () => {
  it('is told of with its memory and its time, on a machine that is large enough', async () => {
    const definition = definitionOf('llama-2-7b.yaml');
    const base = describedBase(definition.base);
    if (base === null) throw new Error('the example has its config.json');
    const prepared = await prepareSweep(definition, async () => base);
    expect(prepared.encoderParameters).toBe(32 * (4 * 4096 ** 2 + 3 * 4096 * 11_008) + 4096 * 32_000);
    const [line = ''] = predictMemory(prepared, {}, 256 * gibibyte);
    const mebibytes = Number(/^ {2}predicted memory: (\d+) MiB a slot on cpu$/.exec(line)?.[1]);
    expect(mebibytes).toBeGreaterThan(25.1 * 1024);
    expect(mebibytes).toBeLessThan(60 * 1024);
    expect(() => predictMemory(prepared, {}, 16 * gibibyte, '1 h to 2 h')).toThrow(
      /DEVICE_UNSUITABLE: the plan needs more memory[^]*1 row of 512 tokens[^]*weights 25\d{3} MiB[^]*time where it fits: 1 h to 2 h[^]*at most 16384 MiB/,
    );
  });

  it.each([
    ['float16', /float16 is imitated on cpu[^]*at most 1024 MiB/, 25 * 1024, 60 * 1024],
    ['int8', /at most 1024 MiB/, 7 * 1024, 50 * 1024],
  ])('is told of in %s, of which no weights are made yet', async (precision, refusal, least, most) => {
    const text = readFileSync(path.join(folder, 'llama-2-7b.yaml'), 'utf8');
    const file = path.join(folder, `llama-2-7b-${precision}.yaml`);
    writeFileSync(file, text.replace('training:', `training:\n  base_precision: ${precision}`));
    const definition = readSweepFile(file);
    const base = describedBase(definition.base);
    if (base === null) throw new Error('the example has its config.json');
    const prepared = await prepareSweep(definition, async () => base);
    const mebibytes = Number(/memory: (\d+) MiB/.exec(predictMemory(prepared, {}, 256 * gibibyte)[0] ?? '')?.[1]);
    expect(mebibytes).toBeGreaterThan(least);
    expect(mebibytes).toBeLessThan(most);
    expect(() => predictMemory(prepared, {}, gibibyte)).toThrow(refusal);
  });

  it('is measured by a dry run, and not launched', async () => {
    writeFileSync(
      path.join(folder, 'llama-2-7b', 'config.json'),
      JSON.stringify({
        model_type: 'llama',
        vocab_size: 300,
        hidden_size: 64,
        intermediate_size: 96,
        num_hidden_layers: 2,
        num_attention_heads: 4,
        num_key_value_heads: 4,
        max_position_embeddings: 1024,
      }),
    );
    const { lines } = await dryRun(definitionOf('llama-2-7b.yaml'));
    expect(lines.join('\n')).toMatch(
      /predicted time: [^]*predicted memory: \d+ MiB a slot[^]*no weights yet: this is what/,
    );
    const { weights } = openEncoder(path.join(folder, 'llama-2-7b'));
    await expect(weights.complete(folder)).rejects.toThrow(
      /MODEL_NOT_FOUND: the model folder has a config.json and no weights/,
    );
    expect(() => weights.read('lm_head.weight', [300, 64])).toThrow(/MODEL_NOT_FOUND/);
  });
});

it('the example of instruction tuning is a sweep of language models', () => {
  const { task, objectives, evaluations } = definitionOf('instructions.yaml');
  expect(task.kind).toBe('language-modelling');
  expect(objectives.map(({ metric }) => metric)).toEqual(['perplexity']);
  expect(new Set(evaluations.map(({ aggregate }) => aggregate))).toEqual(new Set(['probabilities']));
});
