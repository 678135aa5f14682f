import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branchOf } from '../../src/onnx/parts/branch-of.ts';
import { stream } from '../../src/random/stream.ts';
import { deviceProfiles } from '../../src/runtime/devices/device-profiles.ts';
import { fitGraph } from '../../src/runtime/devices/fit-graph.ts';
import type { AdapterShape } from '../../src/sweep/vocabulary.ts';
import type { AdapterEngine, TokenBatch } from '../../src/train/engine/adapter-engine.ts';
import { instanceMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { estimateMemory } from '../../src/train/engine/memory-estimate.ts';
import { openAdapterEngine, openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { planEngine } from '../../src/train/engine/plan-engine.ts';
import { adapterOf, batchOf, headOf, loadCase, parametersOf, relativeError } from '../conformance/read-case.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { classObjective, nextTokenObjective } from '../support/objectives.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-element-dropout-'));
beforeAll(() => writeTinyModel(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const plain: AdapterShape = { adapter: 'lora', rank: 4, alpha: 8, targets: ['all-linear'] };
const both = { lora_dropout: 0.3, hidden_dropout: 0.2 };

async function withEngine<T>(adapter: AdapterShape, use: (engine: AdapterEngine) => Promise<T>): Promise<T> {
  const task = { kind: 'classification', label_names: ['no', 'yes', 'perhaps'] } as const;
  const engine = await openAdapterEngine({ modelFolder: folder, task, adapter, threads: 1 });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

const [rows, length] = [8, 6];
const batch: TokenBatch = {
  rows,
  length,
  inputIds: BigInt64Array.from(stream(5, 'element-test', 'ids').integers(rows * length, 15), (id) => BigInt(id + 2)),
  attentionMask: new BigInt64Array(rows * length).fill(1n),
  tokenTypeIds: new BigInt64Array(rows * length),
  samples: samplesInOrder(rows),
};
const labels = BigInt64Array.from({ length: rows }, (_, row) => BigInt(row % 3));

const masksOf = (engine: AdapterEngine, rates = both, seed = 1) =>
  instanceMasks(engine.layout, { dropout_rate: 0.25, seed, ...rates });

function busy(engine: AdapterEngine, training = 0) {
  const state = engine.initialState(3);
  const noise = stream(4, 'element-test', 'parameters', training).normals(state.parameters.length);
  return { ...state, parameters: state.parameters.map((value, i) => value + 0.1 * (noise[i] ?? 0)) };
}

/** The batch's rows in another order, padded by so many tokens. */
function rearranged(order: readonly number[], padding: number): TokenBatch {
  const wide = length + padding;
  const data = (from: BigInt64Array) =>
    BigInt64Array.from(
      order.flatMap((row) => [...from.subarray(row * length, (row + 1) * length), ...Array(padding).fill(0n)]),
    );
  const { inputIds, attentionMask, tokenTypeIds } = batch;
  return {
    rows: order.length,
    length: wide,
    inputIds: data(inputIds),
    attentionMask: data(attentionMask),
    tokenTypeIds: data(tokenTypeIds),
    samples: Uint32Array.from(order),
  };
}

describe('an engine with element-wise dropout', () => {
  it('drops the same of a row in another batch, at another place, padded further', async () => {
    await withEngine({ ...plain, ...both }, async (engine) => {
      const { parameters } = busy(engine);
      const masks = masksOf(engine)(7, 1);
      const whole = await engine.logits(parameters, batch, masks, 1);
      const order = [5, 2, 7];
      const other = await engine.logits(parameters, rearranged(order, 3), masks, 1);
      const expected = order.flatMap((row) => [...whole.subarray(3 * row, 3 * row + 3)]);
      // Other rows and lengths take other product kernels: float32's rounding. Another mask is off by a tenth.
      expect(relativeError(other, expected)).toBeLessThan(2e-6);
      const renumbered = { ...rearranged(order, 3), samples: samplesInOrder(order.length) };
      expect(relativeError(await engine.logits(parameters, renumbered, masks, 1), expected)).toBeGreaterThan(0.01);
    });
  });

  it('gives the logits and gradients of one without it where no masks are given, bit for bit', async () => {
    const run = (engine: AdapterEngine) => {
      const { parameters } = busy(engine);
      return Promise.all([
        engine.logits(parameters, batch, null, 0.5),
        engine.gradient(parameters, batch, labels, null),
      ]);
    };
    expect(await withEngine({ ...plain, ...both }, run)).toEqual(await withEngine(plain, run));
  });

  it('takes the same step by micro-batches as by the whole batch, within 1e-6', async () => {
    await withEngine({ ...plain, ...both }, async (engine) => {
      const masks = masksOf(engine);
      const step = (microBatchRows: number | null) => {
        const hyperparameters = { ...stepHyperparameters, microBatchRows };
        return engine.step(busy(engine), batch, labels, [masks(0, 0), masks(0, 1)], hyperparameters);
      };
      const whole = await step(null);
      for (const size of [1, 3, 4]) {
        const parted = await step(size);
        expect(relativeError(parted.state.firstMoment, whole.state.firstMoment), `rows ${size}`).toBeLessThan(1e-6);
      }
    });
  });

  it('steps trainings of other rates together, in turn and packed, as each alone, bit for bit', async () => {
    await withEngine({ ...plain, ...both }, async (engine) => {
      const trainings = [0, 1, 2].map((training) => {
        const rates = { lora_dropout: 0.1 + 0.2 * training, hidden_dropout: 0.3 - 0.1 * training };
        const masks = masksOf(engine, rates);
        return {
          state: busy(engine, training),
          instances: [masks(4, 0), masks(4, 1)].slice(0, 1 + (training % 2)),
          hyperparameters: stepHyperparameters,
        };
      });
      const alone = [];
      for (const { state, instances, hyperparameters } of trainings) {
        alone.push(await engine.step(state, batch, labels, instances, hyperparameters));
      }
      for (const pack of [1, 2, 4]) expect(await engine.stepTogether(trainings, batch, labels, pack)).toEqual(alone);
    });
  });

  it('gives AdaLoRA with singular values of one the logits of LoRA with the same factors, bit for bit', async () => {
    const factors = new Map<string, Float32Array>();
    const logits = await withEngine({ ...plain, ...both }, async (engine) => {
      const { parameters } = busy(engine);
      for (const { name, shape, offset } of engine.layout.tensors) {
        factors.set(name, parameters.subarray(offset, offset + shape.reduce((product, size) => product * size, 1)));
      }
      return engine.logits(parameters, batch, masksOf(engine)(1, 0), 1);
    });
    await withEngine({ ...plain, ...both, adapter: 'adalora' }, async (engine) => {
      const parameters = new Float32Array(engine.layout.length).fill(1);
      for (const { name, offset } of engine.layout.tensors) parameters.set(factors.get(name) ?? [], offset);
      expect(await engine.logits(parameters, batch, masksOf(engine)(1, 0), 1)).toEqual(logits);
    });
  });

  it('refuses masks that it has no places for', async () => {
    await withEngine(plain, async (engine) => {
      const masked = engine.logits(busy(engine).parameters, batch, masksOf(engine)(0, 0), 1);
      await expect(masked).rejects.toThrow('compiled without lora_dropout');
    });
  });
});

const golden = sharedFolder('golden');

describe.skipIf(golden === null)('an ONNX export (skipped without ../shared/golden)', () => {
  it.each([
    ['deberta-v3-seqcls-lora', 'model.dynamo.onnx'],
    ['deberta-v3-seqcls-lora', 'model.script.onnx'],
    ['bert-seqcls-lora', 'model.dynamo.onnx'],
  ])('of %s in %s drops what the model’s own folder drops, of positions too', async (name, file) => {
    const loaded = loadCase(path.join(golden ?? '', name));
    const adapter = { ...adapterOf(loaded.case), lora_dropout: 0.3, hidden_dropout: 0 };
    const logits = async (place: string) => {
      const own = mkdtempSync(path.join(tmpdir(), 'dropsweep-exported-'));
      for (const one of readdirSync(path.join(golden ?? '', name))) {
        if (one === 'config.json' || one.startsWith('model.')) {
          cpSync(path.join(golden ?? '', name, one), path.join(own, one));
        }
      }
      const modelFolder = path.join(own, place);
      const engine = await openEngineWithHead({ modelFolder, adapter, threads: 1 }, headOf(loaded.case));
      const masks = instanceMasks(engine.layout, { dropout_rate: 0.2, seed: 1, lora_dropout: 0.3 })(2, 0);
      const result = await engine.logits(
        parametersOf(engine.layout, loaded.trainable),
        batchOf(loaded.inputs),
        masks,
        1,
      );
      await engine.close();
      rmSync(own, { recursive: true });
      return result;
    };
    // Other operators, other rounding; another mask is off by a tenth.
    expect(relativeError(await logits(file), await logits('.'))).toBeLessThan(1e-5);
  });
});

describe('a plan with element-wise dropout', () => {
  const head = classObjective(2);
  const plan = (adapter: AdapterShape, modelFolder = folder) => planEngine({ modelFolder, adapter }, head);

  it('lists a place for each adapted linear and each hidden dropout, the last layer’s of first tokens', () => {
    const places = plan({ ...plain, targets: ['key', 'output.dense'], ...both }).places;
    const layer = (index: number, rows: 'all_tokens' | 'first_token') => [
      {
        kind: 'lora_dropout',
        name: `bert.encoder.layer.${index}.attention.self.key`,
        features: 24,
        rows: 'all_tokens',
      },
      { kind: 'lora_dropout', name: `bert.encoder.layer.${index}.attention.output.dense`, features: 24, rows },
      { kind: 'hidden_dropout', name: `bert.encoder.layer.${index}.attention.output.dropout`, features: 24, rows },
      { kind: 'lora_dropout', name: `bert.encoder.layer.${index}.output.dense`, features: 40, rows },
      { kind: 'hidden_dropout', name: `bert.encoder.layer.${index}.output.dropout`, features: 24, rows },
    ];
    expect(places).toEqual([
      { kind: 'hidden_dropout', name: 'bert.embeddings.dropout', features: 24, rows: 'all_tokens' },
      ...layer(0, 'all_tokens'),
      ...layer(1, 'first_token'),
    ]);
  });

  it('holds no place, and the graph no input, without a rate, and the same graph whatever the rates', () => {
    expect(plan({ ...plain, lora_dropout: 0, hidden_dropout: 0 }).gradient).toEqual(plan(plain).gradient);
    expect(plan(plain).places).toEqual([]);
    expect(plan({ ...plain, lora_dropout: 0.5 }).gradient).toEqual(plan({ ...plain, lora_dropout: 0.1 }).gradient);
    expect(plan({ ...plain, lora_dropout: 0.5 }).gradient).not.toEqual(
      plan({ ...plain, hidden_dropout: 0.5 }).gradient,
    );
  });

  it('counts the masks in the memory of a step', () => {
    const largest = { rows: 64, length: 32 };
    const [without, dropping] = [plain, { ...plain, lora_dropout: 0.5 }].map((adapter) =>
      estimateMemory(plan(adapter), deviceProfiles.cpu, largest),
    );
    // One byte for each element of the first layer's six inputs, at the least.
    expect((dropping?.activations ?? 0) - (without?.activations ?? 0)).toBeGreaterThan(64 * 32 * (5 * 24 + 40));
  });

  it.each(['cuda', 'webgpu'] as const)('leaves no bytes to %s: the host makes floats of the masks before', (kind) => {
    const { gradient } = plan({ ...plain, ...both });
    for (const training of [true, false]) {
      const { host, device } = fitGraph(branchOf(gradient, training), deviceProfiles[kind]);
      const types = device.nodes.flatMap(({ inputs }) => inputs.map((input) => input?.type));
      expect(types).not.toContain('uint8');
      expect(host?.inputs.some(({ type }) => type === 'uint8')).toBe(true);
    }
  });

  it('refuses hidden dropout for a family without it, and takes dropout of its adapters', () => {
    const llama = path.join(import.meta.dirname, '..', 'models', 'vectors', 'llama3-scaling-lm-lora');
    const decoder = nextTokenObjective;
    const asked = (rates: Partial<typeof both>) =>
      planEngine({ modelFolder: llama, adapter: { ...plain, ...rates } }, decoder);
    expect(() => asked({ hidden_dropout: 0.1 })).toThrow(/MODEL_UNSUPPORTED[^]*hidden_dropout[^]*0\.1 for llama/);
    expect(asked({ lora_dropout: 0.1 }).places).toHaveLength(14);
  });
});
