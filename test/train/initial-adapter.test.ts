import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freezeAdapter } from '../../src/adapters/peft/frozen-adapter.ts';
import { peftTensorName } from '../../src/adapters/peft/tensor-names.ts';
import { present } from '../../src/base/defect.ts';
import { writePeftAdapter } from '../../src/export/models/write-peft-adapter.ts';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { demandFit, readInitialAdapter } from '../../src/launch/base/initial-adapter.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';
import { planSweep } from '../support/whole-plan.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { CheckpointReference } from '../../src/sweep/segment.ts';
import type { TrainingSpecification } from '../../src/sweep/vocabulary.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { readCheckpoint, readCheckpointState } from '../../src/train/checkpoints/checkpoint.ts';
import type { RunCommand } from '../../src/train/process/segment-runner.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { trial as fixture } from '../dashboard/sweep-fixture.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { expectOutcome, RecordingReporter, SegmentBench, tinyConfiguration } from '../support/segment-run.ts';
import { writeTinyDecoder } from '../support/tiny-decoder.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

const runner = makeOnnxRunner();
let bench: SegmentBench;
let trained: CheckpointReference;
let folder: string;

beforeAll(async () => {
  bench = new SegmentBench();
  trained = await train(bench.specification({ epochs: 2 }));
  folder = saveAdapter('adapter', {});
});
afterAll(() => rmSync(bench.folder, { recursive: true }));

async function train(specification: TrainingSpecification): Promise<CheckpointReference> {
  const command = bench.command(bench.trainSegment(specification));
  return expectOutcome(await runner.run(command, new RecordingReporter()), 'trained').checkpoint;
}

/** The trained adapter as PEFT would have saved it. */
function saveAdapter(
  name: string,
  config: Record<string, unknown>,
  keeps: (name: string) => boolean = () => true,
): string {
  const place = path.join(bench.folder, name);
  mkdirSync(place, { recursive: true });
  const { layout, state } = readCheckpointState(path.join(bench.checkpointFolder, trained.uri));
  const tensors = layout.tensors
    .filter((tensor) => keeps(tensor.name))
    .map((tensor) => {
      const length = tensor.shape.reduce((product, size) => product * size, 1);
      const data = state.parameters.slice(tensor.offset, tensor.offset + length);
      return { name: peftTensorName('lora', tensor.name), shape: tensor.shape, data };
    });
  writeFileSync(path.join(place, 'adapter_model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
  const whole = { peft_type: 'LORA', r: 4, lora_alpha: 8, base_model_name_or_path: 'org/tiny', ...config };
  writeFileSync(path.join(place, 'adapter_config.json'), JSON.stringify(whole));
  return place;
}

/** A specification that begins with what a folder holds. */
function beginningWith(place: string, changes: Parameters<SegmentBench['specification']>[0]): TrainingSpecification {
  const { hash, bytes } = freezeAdapter(place);
  const file = path.join(bench.folder, `${hash}.frozen`);
  writeFileSync(file, bytes);
  bench.datasetFiles[hash] = file;
  return { ...bench.specification(changes), init_adapter: { folder: place, hash } };
}

const parametersOf = (checkpoint: CheckpointReference) =>
  readCheckpointState(path.join(bench.checkpointFolder, checkpoint.uri)).state.parameters;

describe('a training that begins with an adapter', () => {
  it('is that adapter before its first step: with no epoch it is evaluated as it is', async () => {
    const specification = beginningWith(folder, { epochs: 0 });
    expect(specification.total_steps).toBe(0);
    const checkpoint = await train(specification);
    expect(checkpoint.step).toBe(0);
    expect(parametersOf(checkpoint)).toEqual(parametersOf(trained));
    const scored = async (of: CheckpointReference, its: TrainingSpecification) => {
      const segment = bench.evaluateSegment(its, of, [bench.pending('e', { ensemble_size: 2 })]);
      return expectOutcome(await runner.run(bench.command(segment), new RecordingReporter()), 'evaluated').results;
    };
    expect(await scored(checkpoint, specification)).toEqual(await scored(trained, bench.specification({ epochs: 2 })));
  });

  it('goes on from there, to other weights than one that began anew', async () => {
    const further = parametersOf(await train(beginningWith(folder, { epochs: 1 })));
    expect(further).not.toEqual(parametersOf(trained));
    expect(further).not.toEqual(parametersOf(await train(bench.specification({ epochs: 1 }))));
  });

  it('draws the head that the adapter has not', async () => {
    const bare = saveAdapter('bare', {}, (name) => !name.startsWith('head.'));
    const began = parametersOf(await train(beginningWith(bare, { epochs: 0, seed: 3 })));
    const { layout } = readCheckpointState(path.join(bench.checkpointFolder, trained.uri));
    const head = layout.tensors.find(({ name }) => name.startsWith('head.'))?.offset ?? 0;
    expect(began.subarray(0, head)).toEqual(parametersOf(trained).subarray(0, head));
    expect(began.subarray(head)).not.toEqual(parametersOf(trained).subarray(head));
  });
});

const file = (training: string) => `name: s
base: org/tiny
init_adapter: ./adapter
task: {kind: text-classification, data: {train: ./t.csv, dev: ./d.csv, text: text, label: label}}
space: {p: [0.5]}
training: {${training}}
`;
const matching = `rank: 4, alpha: 8, targets: [${tinyConfiguration.targets.join(', ')}]`;
const there = { isFile: () => true, isFolder: () => true };
const parse = (text: string, lookup = there) =>
  parseSweepFile(text, path.join(bench.folder, 's.yaml'), lookup, taskSections, searchSections);

/** What a launch says of the adapter; empty: it fits. */
function refusal(training: string, place = folder, labels = ['bad', 'good']): string {
  const base = { reference: 'org/tiny', folder: bench.modelFolder, content_hash: 'a', tokenizer_hash: 'b' };
  const inputs = resolvedInputs({ base, task: { kind: 'classification', label_names: labels } });
  try {
    const adapter = readInitialAdapter(place, base);
    demandFit(planSweep(parse(file(training)), inputs), adapter, './adapter');
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}

describe('an adapter to begin with', () => {
  it('is part of a training’s identity by its content: not by where it lies or what PEFT notes besides', () => {
    const elsewhere = saveAdapter('elsewhere', { peft_version: '9', base_model_name_or_path: '/x/y' });
    expect(freezeAdapter(elsewhere).hash).toBe(freezeAdapter(folder).hash);
    expect(freezeAdapter(saveAdapter('stronger', { lora_alpha: 16 })).hash).not.toBe(freezeAdapter(folder).hash);
    const hashOf = (hash: string | null) => {
      const begun = hash === null ? {} : { init_adapter: { folder: `/somewhere/${hash}`, hash } };
      return planSweep(parse(file(matching)), resolvedInputs(begun)).trainings[0]?.training_hash;
    };
    expect(new Set([hashOf(null), hashOf('one'), hashOf('other')]).size).toBe(3);
  });

  it('fits a training of its own rank, alpha, targets, base and task', () => {
    expect(refusal(matching)).toBe('');
  });

  it.each([
    ['another rank', matching.replace('rank: 4', 'rank: 8'), /where: training\.rank, .*\n.*got: 8\n.*expected: 4/],
    ['another alpha', matching.replace('alpha: 8', 'alpha: 16'), /where: training\.alpha/],
    ['another method', `${matching}, adapter: adalora`, /where: training\.adapter/],
    ['fewer linears', 'rank: 4, alpha: 8, targets: [query, value]', /where: training\.targets/],
    ['other layers', `${matching}, layers: [0]`, /where: training\.targets/],
  ])('is refused by a training of %s', (_, training, message) => {
    expect(refusal(training)).toMatch(message);
  });

  it('is refused with more linears, another base, another head or without its files', () => {
    const fewer = saveAdapter('fewer', {}, (name) => !name.includes('query'));
    expect(refusal(matching, fewer)).toMatch(/WEIGHTS_INVALID.*\n.*where: training\.targets/);
    expect(refusal(matching, saveAdapter('other-base', { base_model_name_or_path: 'org/other' }))).toMatch(
      /where: base.*\n.*got: org\/tiny\n.*expected: org\/other/,
    );
    expect(refusal(matching, folder, ['a', 'b', 'c'])).toMatch(/where: task/);
    expect(refusal(matching, path.join(bench.folder, 'nowhere'))).toMatch(/WEIGHTS_INVALID.*\n.*adapter_config\.json/);
    expect(() => parse(file(matching), { isFile: () => false, isFolder: () => true })).toThrow(
      /3:15 init_adapter: there is no .*adapter_config\.json/,
    );
  });

  it('is what no epochs are for', () => {
    expect(() => parse(file('epochs: 0').replace('init_adapter: ./adapter\n', ''))).toThrow(/epochs: 0 epochs train/);
    expect(parse(file('epochs: 0')).training.epochs).toBe(0);
    expect(() => parse(`${file('epochs: 0')}trainer: simulated\n`)).toThrow(/init_adapter: is nothing to a simulated/);
  });
});

describe('what was exported for PEFT goes in again, and gives the same outputs, of', () => {
  const families = ['llama', 'mistral', 'qwen2', 'qwen3', 'gpt2'] as const;
  // BERT says nothing of a next word.
  const ofBert = Object.keys(tinyTasks).filter((kind) => tinyTasks[kind]?.model === undefined);
  const cases = [
    ...ofBert.map((kind) => ({ family: null, kind, adapter: 'lora' as const })),
    ...families.map((family) => ({ family, kind: 'language-modelling', adapter: 'lora' as const })),
    { family: 'gpt2' as const, kind: 'text-classification', adapter: 'lora' as const },
    { family: null, kind: 'text-classification', adapter: 'adalora' as const },
    { family: 'gpt2' as const, kind: 'language-modelling', adapter: 'adalora' as const },
  ];

  it.each(cases)('$adapter on $family (null: BERT), $kind', async ({ family, kind, adapter }) => {
    const task = present(tinyTasks[kind], kind);
    const configuration = { targets: ['all-linear'], max_length: 80 };
    const model =
      family === null
        ? {}
        : { model: { write: (place: string) => writeTinyDecoder(place, { family }), configuration } };
    const own = new SegmentBench({ trainRows: 12, devRows: 8, task: { ...task, ...model } });
    try {
      const run = (segment: RunCommand['segment']) => runner.run(own.command(segment), new RecordingReporter());
      const pending = own.pending('e', { mode: 'raw' });
      const ended = async (specification: TrainingSpecification) => {
        const segment = own.trainSegment(specification);
        const { checkpoint } = expectOutcome(await run(segment), 'trained');
        const outcome = await run(own.evaluateSegment(specification, checkpoint, [pending]));
        const [result] = expectOutcome(outcome, 'evaluated').results;
        return { checkpoint: await readCheckpoint(checkpoint, segment.trainingHash, own.checkpointFolder), result };
      };
      const specification = own.specification({ epochs: 2, adapter });
      const first = await ended(specification);
      const exported = path.join(own.folder, 'exported');
      await writePeftAdapter(
        {
          sweep: 's',
          trial: { ...fixture(1), configuration: specification.configuration, evaluation: pending.configuration },
          specification,
          checkpoint: first.checkpoint,
          place: own.modelFolder,
          opened: openEncoder(own.modelFolder),
          launchedBy: {},
        },
        exported,
      );
      const { hash, bytes } = freezeAdapter(exported);
      own.datasetFiles[hash] = path.join(own.folder, `${hash}.frozen`);
      writeFileSync(path.join(own.folder, `${hash}.frozen`), bytes);
      const begun = { ...own.specification({ epochs: 0, adapter }), init_adapter: { folder: exported, hash } };
      const again = await ended(begun);
      // PEFT keeps nothing of a triplet whose Λ is zero, in which nothing is left to compute with.
      if (adapter === 'lora') expect(again.checkpoint.state.parameters).toEqual(first.checkpoint.state.parameters);
      expect(again.result?.predictionsSha256).toBe(first.result?.predictionsSha256);
    } finally {
      rmSync(own.folder, { recursive: true });
    }
  });
});
