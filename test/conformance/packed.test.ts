import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AdapterEngine,
  AdapterMasks,
  BatchLabels,
  StepResult,
  TokenBatch,
  TrainingStep,
} from '../../src/train/engine/adapter-engine.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import {
  adapterOf,
  batchOf,
  type ConformanceCase,
  headOf,
  instanceMasks,
  labelsOf,
  loadCase,
  memberMasks,
  parametersOf,
} from './read-case.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';

const golden = sharedFolder('golden') ?? '';
const own = path.join(import.meta.dirname, '..', 'models', 'vectors');
const folders = [golden, own].flatMap((root) =>
  root === ''
    ? []
    : readdirSync(root)
        .map((name) => path.join(root, name))
        .filter((folder) =>
          ['case.json', 'expected.safetensors', 'config.json'].every((file) => existsSync(path.join(folder, file))),
        ),
);

/** Each row four times: members' rows then begin at whole vectors, whatever the case's own rows. */
function fourfold(
  batch: TokenBatch,
  labels: BatchLabels,
): { readonly batch: TokenBatch; readonly labels: BatchLabels } {
  const repeat = (data: BigInt64Array) => BigInt64Array.from([data, data, data, data].flatMap((part) => [...part]));
  const { rows, length, inputIds, attentionMask, tokenTypeIds } = batch;
  return {
    batch: {
      rows: 4 * rows,
      length,
      inputIds: repeat(inputIds),
      attentionMask: repeat(attentionMask),
      tokenTypeIds: repeat(tokenTypeIds),
      samples: samplesInOrder(4 * rows),
    },
    labels:
      labels instanceof BigInt64Array
        ? repeat(labels)
        : Float32Array.from([labels, labels, labels, labels].flatMap((part) => [...part])),
  };
}

/** What kept elements are multiplied by is each training's own. */
function atSmallerRates(masks: AdapterMasks, training: number): AdapterMasks {
  if (masks.elements === undefined) return masks;
  const { elements } = masks;
  const share = 1 - 0.2 * training;
  // 1 / (1 − rate) at a share of the rate.
  const factor: typeof elements.factor = (kind) => 1 / (1 - share * (1 - 1 / elements.factor(kind)));
  return { ...masks, elements: { ...elements, factor } };
}

/** Three trainings that differ in all that trainings of a bundle may differ in. */
function trainingsOf(loaded: ConformanceCase, engine: AdapterEngine): TrainingStep[] {
  const parameters = parametersOf(engine.layout, loaded.trainable);
  const zeros = () => new Float32Array(parameters.length);
  return [0, 1, 2].map((training) => ({
    state: {
      parameters: parameters.map((value, i) => value * (1 + 0.1 * training) + 1e-3 * training * Math.sin(i)),
      firstMoment: zeros(),
      secondMoment: zeros(),
      step: training,
    },
    instances: [
      instanceMasks(loaded, engine.layout, 0),
      instanceMasks(loaded, engine.layout, 1),
      memberMasks(loaded, engine.layout, 0),
    ]
      .slice(training)
      .map((masks) => atSmallerRates(masks, training)),
    hyperparameters: {
      ...stepHyperparameters,
      dropoutRate: 0.2 * training,
      sparsity: 0.01 * training,
      learningRate: 1e-3 * (1 + training),
      clipNorm: training === 1 ? 0.01 : null,
      microBatchRows: null,
    },
  }));
}

interface Opened {
  readonly engine: AdapterEngine;
  readonly loaded: ConformanceCase;
  readonly modelFolder: string;
}

async function opened(folder: string): Promise<Opened> {
  const modelFolder = mkdtempSync(path.join(tmpdir(), 'dropsweep-packed-'));
  for (const file of ['config.json', 'model.safetensors'])
    cpSync(path.join(folder, file), path.join(modelFolder, file));
  const loaded = loadCase(folder);
  const engine = await openEngineWithHead(
    { modelFolder, adapter: adapterOf(loaded.case), threads: 1 },
    headOf(loaded.case),
  );
  return { engine, loaded, modelFolder };
}

describe.each(folders.map((folder) => [path.basename(folder), folder] as const))('%s', (_name, folder) => {
  let engine: AdapterEngine;
  let loaded: ConformanceCase;
  let modelFolder: string;
  beforeAll(async () => {
    ({ engine, loaded, modelFolder } = await opened(folder));
  });
  afterAll(async () => {
    await engine.close();
    rmSync(modelFolder, { recursive: true, force: true });
  });

  it('three trainings, in turn and in packs of 2, 3 and 6, step as each alone, bit for bit', async () => {
    const { batch, labels } = fourfold(batchOf(loaded.inputs), labelsOf(loaded.case, loaded.inputs));
    const trainings = trainingsOf(loaded, engine);
    const singles = trainings.map((training) => ({ ...training, instances: training.instances.slice(0, 1) }));
    const alone: StepResult[] = [];
    for (const { state, instances, hyperparameters } of singles) {
      alone.push(await engine.step(state, batch, labels, instances, hyperparameters));
    }
    for (const pack of [1, 2, 3]) expect(await engine.stepTogether(singles, batch, labels, pack)).toEqual(alone);
    const inTurn = await engine.stepTogether(trainings, batch, labels, 1);
    for (const pack of [2, 3, 6]) expect(await engine.stepTogether(trainings, batch, labels, pack)).toEqual(inTurn);
  });

  it('several models read a batch together as each alone, bit for bit', async () => {
    // As the case's rows are: what a row's numbers are made of does not depend on how many there are.
    const batch = batchOf(loaded.inputs);
    const models = trainingsOf(loaded, engine).map(({ state: { parameters }, instances }, number) => ({
      parameters,
      masks: number === 1 ? null : (instances[0] ?? null),
      updateScale: 1 / (1 + number),
    }));
    const logits = async ({ parameters, masks, updateScale }: (typeof models)[number]) =>
      engine.logits(parameters, batch, masks, updateScale);
    const alone: Float32Array[] = [];
    for (const model of models) alone.push(await logits(model));
    const shared = await engine.share(batch);
    for (const [index, model] of [...models.entries(), ...[...models.entries()].toReversed()]) {
      expect(await shared.logits(model)).toEqual(alone[index]);
    }
    // From then on one that reads alone goes the same way.
    for (const [index, model] of models.entries()) expect(await logits(model)).toEqual(alone[index]);
  });
});
