import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { openGraph } from '../../src/runtime/graph-session.ts';
import { deviceProfiles } from '../../src/runtime/devices/device-profiles.ts';
import { Tensor } from '../../src/runtime/open-session.ts';
import type { DeviceKind } from '../../src/sweep/device-kind.ts';
import type { BasePrecision } from '../../src/sweep/vocabulary.ts';
import { adapterMethods } from '../../src/adapters/adapter-methods.ts';
import type { AdapterEngine, TokenBatch, TrainingStep } from '../../src/train/engine/adapter-engine.ts';
import { drawMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { buildUpdateGraph, updateScalars } from '../../src/train/engine/graphs/update-graph.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { softwareVulkan, useVulkanDriver } from '../support/software-vulkan.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import { batchOf, loadCase, relativeError } from './read-case.ts';
import { runCase } from './run-case.ts';
import { classObjective } from '../support/objectives.ts';

const golden = sharedFolder('golden') ?? '';
const own = path.join(import.meta.dirname, '..', 'models', 'vectors');
const driver = softwareVulkan();

/** Each family, both adapters, all heads of samples and spans; and ONNX files of both exporters. */
const cases: readonly (readonly [root: string, name: string, exported?: string])[] = [
  [golden, 'bert-seqcls-lora'],
  [golden, 'bert-qa-adalora'],
  [golden, 'bert-regression-lora'],
  [golden, 'roberta-seqcls-lora'],
  [golden, 'distilbert-seqcls-adalora'],
  [golden, 'deberta-v3-seqcls-lora'],
  [own, 'deberta-v2-buckets-seqcls-lora'],
  [own, 'electra-seqcls-lora'],
  [own, 'xlm-roberta-seqcls-lora'],
  [own, 'gpt2-seqcls-lora'],
  [own, 'qwen2-seqcls-lora'],
  ...['bert-seqcls-lora', 'roberta-seqcls-lora', 'distilbert-seqcls-lora', 'deberta-v3-seqcls-lora'].flatMap((name) =>
    ['model.script.onnx', 'model.dynamo.onnx'].map((exported) => [golden, name, exported] as const),
  ),
];
const named = cases.map(([root, name, exported]) => [[name, exported].join(' ').trim(), root, name, exported] as const);

/** As runCase's: both sides are float32, added up in other orders. */
const tolerance = { gradients: 2e-5, steps: 2e-4 };

/** An engine over a folder's model with a linear over the mean of the tokens, which every family has. */
async function opened<Result>(
  folder: string,
  device: DeviceKind,
  use: (engine: AdapterEngine) => Promise<Result>,
  precision: BasePrecision = 'float32',
): Promise<Result> {
  const modelFolder = mkdtempSync(path.join(tmpdir(), 'dropsweep-webgpu-'));
  for (const file of ['config.json', 'model.safetensors'])
    cpSync(path.join(folder, file), path.join(modelFolder, file));
  try {
    const engine = await openEngineWithHead(
      {
        modelFolder,
        adapter: { adapter: 'lora', rank: 4, alpha: 8, targets: ['all-linear'], base_precision: precision },
        threads: 1,
        device,
      },
      classObjective(3, 'mean'),
    );
    try {
      return await use(engine);
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(modelFolder, { recursive: true, force: true });
  }
}

/** Each row four times: packable, whatever the case's own rows. */
function fourfold({ rows, length, ...tokens }: TokenBatch): TokenBatch {
  const repeat = (data: BigInt64Array) => BigInt64Array.from([data, data, data, data].flatMap((part) => [...part]));
  return {
    rows: 4 * rows,
    length,
    inputIds: repeat(tokens.inputIds),
    attentionMask: repeat(tokens.attentionMask),
    tokenTypeIds: repeat(tokens.tokenTypeIds),
    samples: samplesInOrder(4 * rows),
  };
}

/** Trainings that differ in parameters, instances, dropout and rate. */
function trainingsOf(engine: AdapterEngine): TrainingStep[] {
  const masks = (training: number, instance: number) =>
    drawMasks(engine.layout, 0.3, (module) => stream(training, 'webgpu-test', instance, module));
  return [0, 1, 2].map((training) => {
    const state = engine.initialState(training);
    const noise = stream(training, 'webgpu-test', 'parameters').normals(state.parameters.length);
    return {
      state: { ...state, parameters: state.parameters.map((value, i) => value + 0.05 * (noise[i] ?? 0)) },
      instances: [masks(training, 0), masks(training, 1)].slice(0, 1 + (training % 2)),
      hyperparameters: { ...stepHyperparameters, sparsity: 0.01 * training, dropoutRate: 0.3 },
    };
  });
}

describe.skipIf(golden === '' || driver === null)(
  'on WebGPU, with nothing left to the CPU but integers (skipped without ../shared/golden, and without a software Vulkan driver: DROPSWEEP_TEST_VULKAN names the .json of one)',
  () => {
    beforeAll(() => useVulkanDriver(driver ?? ''));

    it.each(named)(
      '%s meets the reference vectors with the CPU’s tolerance',
      { timeout: 240_000 },
      async (_, root, name, exported) => {
        const { misses, measures } = await runCase(path.join(root, name), 1, exported, 'webgpu');
        expect(misses).toEqual([]);
        for (const { kind, compared } of measures) expect(compared, kind).toBeGreaterThan(0);
      },
    );

    it.each([
      ['bert-seqcls-lora', golden],
      ['deberta-v3-seqcls-lora', golden],
      ['gpt2-lm-lora', golden],
      ['llama-lm-lora', golden],
      ['qwen2-lm-lora', golden],
      ['mistral-linear-lm-lora', own],
      ['qwen3-lm-lora', own],
    ])(
      '%s over the mean of its tokens: packs step as each alone on the CPU',
      { timeout: 240_000 },
      async (name, root) => {
        const folder = path.join(root, name);
        const batch = fourfold(batchOf(loadCase(folder).inputs));
        const labels = BigInt64Array.from({ length: batch.rows }, (_, row) => BigInt(row % 3));
        const expected = await opened(folder, 'cpu', async (engine) => ({
          steps: await engine.stepTogether(trainingsOf(engine), batch, labels, 1),
          logits: await engine.logits(engine.initialState(1).parameters, batch, null, 1),
        }));
        await opened(folder, 'webgpu', async (engine) => {
          const logits = await engine.logits(engine.initialState(1).parameters, batch, null, 1);
          expect(relativeError(logits, expected.logits)).toBeLessThan(tolerance.gradients);
          for (const pack of [1, 3]) {
            const steps = await engine.stepTogether(trainingsOf(engine), batch, labels, pack);
            steps.forEach(({ state, loss }, training) => {
              const other = expected.steps[training];
              expect(relativeError([loss], [other?.loss ?? 0])).toBeLessThan(tolerance.gradients);
              const { firstMoment = [], parameters = [] } = other?.state ?? {};
              expect(relativeError(state.firstMoment, firstMoment)).toBeLessThan(tolerance.gradients);
              expect(relativeError(state.parameters, parameters)).toBeLessThan(tolerance.steps);
            });
          }
        });
      },
    );

    it('runs the update as the CPU does', async () => {
      const length = 12;
      const layout = { modules: [], tensors: [{ name: 'head.weight', shape: [3, 4], offset: 0 }], length };
      const graph = buildUpdateGraph({
        layout,
        method: adapterMethods.lora,
        scale: 2,
        penalties: [],
        scalesRates: false,
      });
      const values = (name: string) => Float32Array.from(stream(1, 'webgpu-test', name).normals(length));
      const vector = (data: Float32Array) => new Tensor('float32', data, [data.length]);
      const feeds = {
        parameters: vector(values('parameters')),
        first_moment: vector(values('first')),
        second_moment: vector(values('second').map(Math.abs)),
        gradient_sum: vector(values('gradient')),
        decay_mask: vector(new Float32Array(length).fill(1)),
        data_loss: new Tensor('float32', [0.5], []),
        scalars: vector(Float32Array.from(updateScalars, (_, i) => 0.1 + 0.05 * i)),
      };
      const run = async (device: DeviceKind) => {
        const session = await openGraph({
          graph,
          device: deviceProfiles[device],
          folder: null,
          options: { threads: 1 },
        });
        const outputs = await session.run(feeds);
        await session.close();
        return outputs.map(({ data }) => Array.from(data, Number));
      };
      const [expected, got] = [await run('cpu'), await run('webgpu')];
      got.forEach((output, i) => expect(relativeError(output, expected[i] ?? [])).toBeLessThan(tolerance.gradients));
    });

    it('drops elements as the CPU does, their masks made floats by the host', { timeout: 240_000 }, async () => {
      for (const name of ['bert-lora-dropout-seqcls-lora', 'deberta-v2-dropout-seqcls-lora']) {
        expect((await runCase(path.join(own, name), 1, undefined, 'webgpu')).misses).toEqual([]);
      }
    });

    it('refuses a language model’s loss, naming what the device lacks', async () => {
      await expect(runCase(path.join(golden, 'gpt2-lm-lora'), 1, undefined, 'webgpu')).rejects.toThrow(
        /DEVICE_UNSUITABLE[^]*Scan of float/,
      );
    });

    it.each(['int8', 'int8_all'] as const)('refuses a base in %s, naming what the device lacks', async (precision) => {
      const folder = path.join(golden, 'bert-seqcls-lora');
      await expect(opened(folder, 'webgpu', () => Promise.resolve(), precision)).rejects.toThrow(
        /DEVICE_UNSUITABLE[^]*MatMulIntegerToFloat/,
      );
    });

    it('takes a base in float16 where the card can, and refuses it by name where not, as SwiftShader', async () => {
      const folder = path.join(golden, 'bert-seqcls-lora');
      const batch = fourfold(batchOf(loadCase(folder).inputs));
      const logitsOn = (device: DeviceKind) => () =>
        opened(folder, device, (engine) => engine.logits(engine.initialState(1).parameters, batch, null, 1), 'float16');
      const got = await logitsOn('webgpu')().catch((error: unknown) => String(error));
      if (typeof got === 'string') expect(got).toMatch(/DEVICE_UNSUITABLE[^]*base_precision: float16[^]*shader-f16/);
      // Products are added up in other orders before they are rounded to 11 bits.
      else expect(relativeError(got, await logitsOn('cpu')())).toBeLessThan(5e-3);
    });
  },
);
