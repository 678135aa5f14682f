import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { averagedClasses } from '../support/evaluated.ts';
import type { ExportedTrial } from '../../src/export/exported-trial.ts';
import { publishedData } from '../../src/export/models/published-data.ts';
import { writePeftAdapter } from '../../src/export/models/write-peft-adapter.ts';
import { writeMergedModel } from '../../src/export/models/write-merged-model.ts';
import { writePortableModel } from '../../src/export/models/write-portable-model.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';
import { stream } from '../../src/random/stream.ts';
import { canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import { elementRates } from '../../src/sweep/element-dropout.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { memberMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import type { DataSource } from '../../src/sweep/sweep-definition.ts';
import { relativeError } from '../conformance/read-case.ts';
import { trial } from '../dashboard/sweep-fixture.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { tinyBatch as batch } from '../support/tiny-batch.ts';

let folder: string;
let base: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-export-'));
  base = join(folder, 'base');
  out = join(folder, 'out');
  mkdirSync(base);
  writeTinyModel(base);
});
afterEach(() => rmSync(folder, { recursive: true }));

const labels = ['bad', 'so `so`', 'good'];

/** A trained-looking trial over the base, and what the engine says of it, evaluated so. */
async function trained(
  place: string,
  own: Partial<TrainingConfiguration>,
  evaluation: Partial<EvaluationConfiguration>,
): Promise<{ readonly exported: ExportedTrial; readonly measured: Float64Array }> {
  const row = trial(1);
  const evaluated = { ...row.evaluation, dropout_rate: 0.5, mask_seed: 3, ...evaluation };
  const configuration = canonicaliseTraining({ ...row.configuration, rank: 3, alpha: 6, ...own });
  const task = { kind: 'classification', label_names: labels } as const;
  const engine = await openAdapterEngine({
    modelFolder: place,
    task,
    adapter: configuration,
    head: configuration,
    threads: 1,
  });
  const noise = stream(1, 'export-test').normals(engine.layout.length);
  const parameters = engine.initialState(1).parameters.map((value, i) => value + 0.2 * (noise[i] ?? 0));
  const rates = { dropoutRate: 0.5, elements: elementRates({}), variant: configuration };
  const expected = configuration.masked === 'rank' ? 0.5 : 0.25;
  const outputs: Float32Array[] = [];
  for (let member = 0; member < evaluated.ensemble_size; member += 1) {
    const masks = evaluated.mode === 'ensemble' ? memberMasks(engine.layout, rates, 3, member) : null;
    outputs.push(await engine.logits(parameters, batch, masks, evaluated.mode === 'expected' ? expected : 1));
  }
  const { layout, numericsClass } = engine;
  await engine.close();
  const state = { parameters, firstMoment: parameters, secondMoment: parameters, step: 1 };
  return {
    measured: averagedClasses(outputs, labels.length, evaluated.aggregate),
    exported: {
      sweep: 'a sweep',
      trial: { ...row, configuration, evaluation: evaluated },
      specification: {
        trainer: 'onnx',
        trainer_version: '4',
        configuration,
        base: { reference: place, folder: place, content_hash: 'c0ffee'.repeat(8), tokenizer_hash: '' },
        task,
        train: { hash: '', rows: 1 },
        total_steps: 1,
      },
      checkpoint: { trainingHash: '', trainerVersion: '', numericsClass, seed: 1, layout, state },
      place,
      opened: openEncoder(place),
      launchedBy: { dropsweep: '0.1.0' },
    },
  };
}

/** What onnxruntime makes of the folder, opened as any program would. */
async function runPortable(output: string): Promise<Float32Array> {
  const session = await InferenceSession.create(join(out, 'model.onnx'));
  const all = {
    input_ids: batch.inputIds,
    attention_mask: batch.attentionMask,
    token_type_ids: batch.tokenTypeIds,
  };
  const feeds = Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => session.inputNames.includes(name))
      .map(([name, data]) => [name, new Tensor('int64', data, [2, 4])]),
  );
  const results = await session.run(feeds);
  await session.release();
  const values = results[output]?.data;
  if (!(values instanceof Float32Array)) throw new Error(`no float output ${output}`);
  return values;
}

describe('a trial as one ONNX file', () => {
  it.each([
    ['the expected update', { mode: 'expected', ensemble_size: 1 }, {}],
    ['the update as it is', { mode: 'raw', ensemble_size: 1 }, {}],
    ['an ensemble of three', { mode: 'ensemble', ensemble_size: 3 }, {}],
    ['an ensemble of AdaLoRA', { mode: 'ensemble', ensemble_size: 2 }, { adapter: 'adalora' }],
    ['a head over the mean of the tokens', { mode: 'ensemble', ensemble_size: 2 }, { pooling: 'mean' }],
    ['masks over ranks', { mode: 'ensemble', ensemble_size: 2 }, { dropout_rate: 0.5, masked: 'rank' }],
    ['masks over ranks, expected', { mode: 'expected', ensemble_size: 1 }, { dropout_rate: 0.5, masked: 'rank' }],
    [
      'columns alone, made up for',
      { mode: 'ensemble', ensemble_size: 2 },
      { dropout_rate: 0.5, masked: 'columns', mask_scaling: 'inverse' },
    ],
    ['averaged probabilities', { mode: 'ensemble', ensemble_size: 2, aggregate: 'probabilities' }, {}],
  ] as const)('computes what was measured: %s', async (_, evaluation, own) => {
    const { exported, measured } = await trained(base, own, evaluation);
    const { files } = await writePortableModel(exported, out);
    expect(files).toEqual(['model.onnx', 'config.json', 'tokenizer.json', 'README.md']);
    const output = exported.trial.evaluation.aggregate;
    expect(relativeError(await runPortable(output), Float32Array.from(measured))).toBeLessThan(1e-5);
    const config: unknown = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'));
    expect(config).toMatchObject({ id2label: { 0: 'bad', 2: 'good' }, output });
  });

  const golden = sharedFolder('golden');
  it.skipIf(golden === null)('has an ONNX base in it too (skipped without ../shared/golden)', async () => {
    const place = join(base, 'model.onnx');
    cpSync(join(golden ?? '', 'bert-seqcls-lora', 'model.dynamo.onnx'), place, { force: true });
    const { exported, measured } = await trained(place, {}, { mode: 'ensemble', ensemble_size: 2 });
    await writePortableModel(exported, out);
    expect(relativeError(await runPortable('logits'), Float32Array.from(measured))).toBeLessThan(1e-5);
    await expect(writePeftAdapter(exported, join(folder, 'peft'))).rejects.toThrow(/PEFT would compute something else/);
    await expect(writeMergedModel(exported, join(folder, 'merged'))).rejects.toThrow(/--as onnx/);
    expect(existsSync(join(folder, 'peft'))).toBe(false);
  });

  it('is refused where members drop single elements', async () => {
    const { exported } = await trained(base, { lora_dropout: 0.1 }, { mode: 'expected', ensemble_size: 1 });
    const { trial: row } = exported;
    const ensemble = { ...exported, trial: { ...row, evaluation: { ...row.evaluation, mode: 'ensemble' as const } } };
    await expect(writePortableModel(ensemble, out)).rejects.toThrow(/masks that are drawn for each row/);
    expect(existsSync(out)).toBe(false);
  });
});

describe('an exported adapter', () => {
  it('says how it is loaded, its labels and what it is not; no path of this machine', async () => {
    const { exported } = await trained(base, { base_precision: 'int8_all' }, { mode: 'ensemble', ensemble_size: 4 });
    const launchedBy = { ...exported.launchedBy, user: 'the-user', host: 'the-host', platform: 'linux-x64' };
    const launched = { ...exported, launchedBy, launchedAt: new Date('2026-01-02T03:04:05Z') };
    const { notes } = await writePeftAdapter(launched, out);
    const card = readFileSync(join(out, 'README.md'), 'utf8');
    expect(card).toContain('BertForSequenceClassification.from_pretrained(base, num_labels=3, id2label=');
    expect(card).toContain('0: bad, 1: so \\`so\\`, 2: good');
    expect(notes.join(' ')).toContain('The scores are of 4 masked members; this model draws no masks.');
    expect(notes.join(' ')).toContain('The scores are of the base quantised to int8');
    for (const note of notes) expect(card).toContain(note);
    const config: unknown = JSON.parse(readFileSync(join(out, 'adapter_config.json'), 'utf8'));
    expect(config).toMatchObject({ base_model_name_or_path: 'local-model-c0ffeec0ffee' });
    // PEFT refuses keys that it does not know, at their defaults too.
    for (const name of ['use_dora', 'alpha_pattern', 'rank_pattern', 'use_rslora', 'init_lora_weights']) {
      expect(config).not.toHaveProperty(name);
    }
    for (const name of ['adapter_config.json', 'dropsweep.json', 'README.md']) {
      expect(readFileSync(join(out, name), 'utf8')).not.toContain(folder);
      expect(readFileSync(join(out, name), 'utf8')).not.toMatch(/the-user|the-host/);
    }
    const about: unknown = JSON.parse(readFileSync(join(out, 'dropsweep.json'), 'utf8'));
    expect(about).toMatchObject({
      made_with: { dropsweep: '0.1.0', platform: 'linux-x64', launched_at: '2026-01-02T03:04:05.000Z' },
    });
  });

  it('has the evaluation that scored it, and its data by a name that is no path, as the hub reads a card', async () => {
    const { exported } = await trained(base, {}, { mode: 'raw', ensemble_size: 1 });
    const metrics = { rows: 277, loss: 0.5, mean_member_loss: 0.5, accuracy: 0.75 };
    const scored = { ...exported, trial: { ...exported.trial, metrics } };
    const frontMatter = async (source: DataSource): Promise<unknown> => {
      const data = publishedData(source, 'dev');
      await writePeftAdapter({ ...scored, data }, out);
      const card = readFileSync(join(out, 'README.md'), 'utf8');
      expect(card).not.toContain('/private');
      expect(card).toMatch(/## Data\n\nTrained on 1 row of .*scored on 277 dev rows\./);
      return parse(card.split('---\n')[1] ?? '');
    };
    expect(await frontMatter({ kind: 'glue', task: 'RTE', folder: '/private/RTE' })).toMatchObject({
      library_name: 'peft',
      pipeline_tag: 'text-classification',
      datasets: ['nyu-mll/glue'],
      'model-index': [
        {
          results: [
            {
              task: { type: 'text-classification' },
              dataset: { name: 'GLUE’s RTE', type: 'nyu-mll/glue', config: 'rte', split: 'validation' },
              metrics: expect.arrayContaining([{ type: 'accuracy', value: 0.75 }]),
            },
          ],
        },
      ],
    });
    const files = { kind: 'files', train: '/private/t.csv', dev: '/private/d.csv', columns: {} } as const;
    const own = await frontMatter(files);
    expect(own).not.toHaveProperty('datasets');
    expect(own).toMatchObject({ 'model-index': [{ results: [{ dataset: { type: 'files', split: 'dev' } }] }] });
  });

  it('is refused, and nothing written, where PEFT would put another head on it', async () => {
    const { exported } = await trained(base, { pooling: 'mean' }, { mode: 'raw', ensemble_size: 1 });
    await expect(writePeftAdapter(exported, out)).rejects.toThrow(/EXPORT_UNFAITHFUL/);
    expect(existsSync(out)).toBe(false);
  });
});

describe('a merged model', () => {
  it('has all that its tokenizer needs, without private paths', async () => {
    const config = { tokenizer_class: 'XLMRobertaTokenizer', name_or_path: '/home/me/base', model_max_length: 64 };
    writeFileSync(join(base, 'tokenizer_config.json'), JSON.stringify(config));
    writeFileSync(join(base, 'special_tokens_map.json'), '{}');
    writeFileSync(join(base, 'chat_template.jinja'), '{{ messages }}');
    const { exported } = await trained(base, {}, { mode: 'raw', ensemble_size: 1 });
    const { files } = await writeMergedModel(exported, out);
    expect(files).toEqual([
      'model.safetensors',
      'config.json',
      'tokenizer.json',
      'special_tokens_map.json',
      'chat_template.jinja',
      'tokenizer_config.json',
      'README.md',
    ]);
    const written: unknown = JSON.parse(readFileSync(join(out, 'tokenizer_config.json'), 'utf8'));
    expect(written).toEqual({ tokenizer_class: 'XLMRobertaTokenizer', model_max_length: 64 });
  });
});
