import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TokenBatch, TrainingState } from '../../src/train/engine/adapter-engine.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { batchOf, headOf, instanceMasks, labelsOf, loadCase, parametersOf } from '../conformance/read-case.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';

const vectors = path.join(import.meta.dirname, 'vectors');
const decoders = ['qwen3-lm-lora', 'mistral-linear-lm-lora', 'llama3-scaling-lm-lora', 'gpt2-options-lm-lora'];
const encoders = [
  'xlm-roberta-seqcls-lora',
  'electra-seqcls-lora',
  'deberta-v2-options-seqcls-lora',
  'deberta-v2-buckets-seqcls-lora',
];

/** Opens a case's model with so many threads and closes it afterwards. */
async function withEngine<T>(
  name: string,
  threads: number,
  use: (at: Awaited<ReturnType<typeof openCase>>) => Promise<T>,
) {
  const modelFolder = mkdtempSync(path.join(tmpdir(), 'dropsweep-bits-'));
  const opened = await openCase(name, threads, modelFolder);
  const result = await use(opened);
  await opened.engine.close();
  rmSync(modelFolder, { recursive: true });
  return result;
}

async function openCase(name: string, threads: number, modelFolder: string) {
  const folder = path.join(vectors, name);
  for (const file of ['config.json', 'model.safetensors'])
    cpSync(path.join(folder, file), path.join(modelFolder, file));
  const loaded = loadCase(folder);
  const { adapter, rank, alpha, targets } = loaded.case;
  const engine = await openEngineWithHead(
    { modelFolder, adapter: { adapter, rank, alpha, targets }, threads },
    headOf(loaded.case),
  );
  return {
    engine,
    parameters: parametersOf(engine.layout, loaded.trainable),
    masks: instanceMasks(loaded, engine.layout, 0),
    batch: batchOf(loaded.inputs),
    labels: labelsOf(loaded.case, loaded.inputs),
  };
}

function rowOf({ length, inputIds, attentionMask, tokenTypeIds, samples }: TokenBatch, row: number): TokenBatch {
  const cut = (data: BigInt64Array) => data.slice(row * length, (row + 1) * length);
  return {
    rows: 1,
    length,
    inputIds: cut(inputIds),
    attentionMask: cut(attentionMask),
    tokenTypeIds: cut(tokenTypeIds),
    samples: samples.slice(row, row + 1),
  };
}

describe.each([...decoders, ...encoders])('%s', (name) => {
  it('gives the same loss and gradient, bit for bit, with one, two and four threads', async () => {
    const runs = [];
    for (const threads of [1, 2, 4]) {
      runs.push(
        await withEngine(name, threads, ({ engine, parameters, batch, labels, masks }) =>
          engine.gradient(parameters, batch, labels, masks),
        ),
      );
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it('goes on in another engine to the same bits as in one', async () => {
    const initial = (parameters: Float32Array): TrainingState => ({
      parameters,
      firstMoment: new Float32Array(parameters.length),
      secondMoment: new Float32Array(parameters.length),
      step: 0,
    });
    const train = (from: TrainingState | null, steps: number) =>
      withEngine(name, 1, async ({ engine, parameters, batch, labels, masks }) => {
        let state = from ?? initial(parameters);
        for (let step = 0; step < steps; step += 1) {
          ({ state } = await engine.step(state, batch, labels, [masks], stepHyperparameters));
        }
        return state;
      });
    expect(await train(await train(null, 2), 2)).toEqual(await train(null, 4));
  });
});

describe.each(decoders)('%s', (name) => {
  it('gives a row the same logits whoever its neighbours are', async () => {
    await withEngine(name, 1, async ({ engine, parameters, batch, masks }) => {
      const together = await engine.logits(parameters, batch, masks, 1);
      const size = together.length / batch.rows;
      for (let row = 0; row < batch.rows; row += 1) {
        const alone = await engine.logits(parameters, rowOf(batch, row), masks, 1);
        expect(alone).toEqual(together.slice(row * size, (row + 1) * size));
      }
    });
  });
});
