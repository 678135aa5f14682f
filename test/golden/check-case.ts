import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdapterEngine, AdapterMasks, TrainingState } from '../../src/train/adapter-engine.ts';
import { openEngineWithHead } from '../../src/train/open-adapter-engine.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import {
  batchOf,
  floats,
  goldenName,
  headOf,
  labelsOf,
  masksOf,
  parametersOf,
  readAll,
  readCase,
  relativeError,
} from './golden-case.ts';

const golden = sharedFolder('golden');

/** As the vectors' README states them: PyTorch in float32 stays below 4.3e-6 and 3.5e-5. */
const tolerance = 2e-5;
const toleranceAfterSteps = 2e-4;
/** A shift of all positions is not seen by the softmax over them: its true gradient is zero. */
const shiftBias = 'head.qa_outputs.bias';

/** Every assertion that the vectors of a case allow. @param name of its folder, e.g. `bert-seqcls-lora` */
export function checkGoldenCase(name: string): void {
  describe.skipIf(golden === null)(`${name} of the reference vectors (skipped without ../shared/golden)`, () => {
    const folder = path.join(golden ?? '', name);
    const load = () => ({
      golden: readCase(folder),
      expected: readAll(folder, 'expected'),
      masks: readAll(folder, 'masks'),
      inputs: readAll(folder, 'inputs'),
      trainable: readAll(folder, 'trainable'),
    });
    let all: ReturnType<typeof load>;
    let engine: AdapterEngine;
    let parameters: Float32Array;
    // The engine writes its graph beside the weights: not into the reference data.
    const modelFolder = mkdtempSync(path.join(tmpdir(), 'dropsweep-golden-'));

    beforeAll(async () => {
      all = load();
      for (const file of ['config.json', 'model.safetensors'])
        cpSync(path.join(folder, file), path.join(modelFolder, file));
      const { adapter, rank, alpha, targets } = all.golden;
      engine = await openEngineWithHead(
        { modelFolder, adapter: { adapter, rank, alpha, targets }, threads: 1 },
        headOf(all.golden),
      );
      parameters = parametersOf(engine.layout, all.trainable);
    });
    afterAll(async () => {
      await engine.close();
      rmSync(modelFolder, { recursive: true });
    });

    const expectLogits = (logits: Float32Array, key: string) => {
      if (all.golden.task !== 'qa') {
        expect(relativeError(logits, floats(all.expected, `${key}.logits.0`))).toBeLessThan(tolerance);
        return;
      }
      for (const part of [0, 1]) {
        const column = logits.filter((_, index) => index % 2 === part);
        expect(relativeError(column, floats(all.expected, `${key}.logits.${part}`))).toBeLessThan(tolerance);
      }
    };

    it('gives the logits without masks', async () => {
      expectLogits(await engine.logits(parameters, batchOf(all.inputs), null, 1), 'eval.raw');
    });

    it('gives each ensemble member, and their mean', async () => {
      const { ensemble_size: members } = all.golden;
      const sum: number[] = [];
      for (let member = 0; member < members; member += 1) {
        const masks = masksOf(engine.layout, all.masks, 'ensemble', member);
        const logits = await engine.logits(parameters, batchOf(all.inputs), masks, 1);
        expectLogits(logits, `ensemble.member.${member}`);
        logits.forEach((value, index) => {
          sum[index] = (sum[index] ?? 0) + value;
        });
      }
      expectLogits(
        Float32Array.from(sum, (value) => value / members),
        'ensemble.mean',
      );
    });

    it('gives the loss without masks, of each member and of each training instance', async () => {
      const labels = labelsOf(all.golden, all.inputs);
      const expectLoss = async (masks: AdapterMasks | null, key: string) => {
        const { loss } = await engine.gradient(parameters, batchOf(all.inputs), labels, masks);
        expect(relativeError([loss], floats(all.expected, key)), key).toBeLessThan(tolerance);
      };
      await expectLoss(null, 'eval.raw.loss');
      for (let member = 0; member < all.golden.ensemble_size; member += 1) {
        await expectLoss(masksOf(engine.layout, all.masks, 'ensemble', member), `ensemble.member.${member}.loss`);
      }
      for (let instance = 0; instance < all.golden.train_instances; instance += 1) {
        const masks = masksOf(engine.layout, all.masks, 'train', instance);
        expectLogits(await engine.logits(parameters, batchOf(all.inputs), masks, 1), `train.instance.${instance}`);
        await expectLoss(masks, `train.instance.${instance}.loss`);
      }
    });

    const hyperparameters = () => ({
      dropoutRate: all.golden.dropout_rate,
      sparsity: all.golden.sparsity,
      orthogonality: all.golden.orthogonality,
      learningRate: all.golden.optimizer.learning_rate,
      weightDecay: all.golden.optimizer.weight_decay,
      decayBiases: true,
      beta1: all.golden.optimizer.betas[0],
      beta2: all.golden.optimizer.betas[1],
      epsilon: all.golden.optimizer.epsilon,
      clipNorm: null,
    });
    const initial = (): TrainingState => ({
      parameters,
      firstMoment: new Float32Array(parameters.length),
      secondMoment: new Float32Array(parameters.length),
      step: 0,
    });
    const instances = () =>
      Array.from({ length: all.golden.train_instances }, (_, index) =>
        masksOf(engine.layout, all.masks, 'train', index),
      );

    it('gives the losses, the penalties and the gradient of the first step', async () => {
      const labels = labelsOf(all.golden, all.inputs);
      const result = await engine.step(initial(), batchOf(all.inputs), labels, instances(), hyperparameters());
      const scalar = (key: string) => [...floats(all.expected, key)];
      expect(relativeError([result.dataLoss], scalar('train.data_loss'))).toBeLessThan(tolerance);
      expect(relativeError([result.sparsityPenalty], scalar('train.sparsity_penalty'))).toBeLessThan(tolerance);
      const { orthogonalityPenalty } = result;
      expect(relativeError([orthogonalityPenalty], scalar('train.orthogonality_penalty'))).toBeLessThan(tolerance);
      expect(relativeError([result.loss], scalar('train.loss'))).toBeLessThan(tolerance);
      // With no decay of the first moment's past, it is (1 − β1) of the gradient that the optimiser saw.
      const shrink = 1 - all.golden.optimizer.betas[0];
      for (const tensor of engine.layout.tensors) {
        const expected = floats(all.expected, `grad.${goldenName(tensor.name)}`);
        const got = result.state.firstMoment
          .subarray(tensor.offset, tensor.offset + expected.length)
          .map((value) => value / shrink);
        if (tensor.name === shiftBias) expect(Math.max(...got.map(Math.abs))).toBeLessThan(1e-6);
        else expect(relativeError(got, expected), tensor.name).toBeLessThan(tolerance);
        for (let i = 0; i < expected.length; i += 1) {
          if (expected[i] === 0 && all.golden.sparsity === 0 && all.golden.orthogonality === 0)
            expect(got[i]).toBeCloseTo(0, 30);
        }
      }
    });

    it('gives the tensors after the steps', async () => {
      const labels = labelsOf(all.golden, all.inputs);
      let state = initial();
      const losses: number[] = [];
      for (let step = 0; step < all.golden.optimizer.steps; step += 1) {
        const result = await engine.step(state, batchOf(all.inputs), labels, instances(), hyperparameters());
        state = result.state;
        losses.push(result.loss);
      }
      for (const step of [1, 2]) {
        const expected = floats(all.expected, `train.step${step}.loss`);
        expect(relativeError([losses[step] ?? Number.NaN], expected)).toBeLessThan(toleranceAfterSteps);
      }
      for (const tensor of engine.layout.tensors) {
        if (tensor.name === shiftBias) continue;
        const expected = floats(all.expected, `after3.${goldenName(tensor.name)}`);
        const got = state.parameters.subarray(tensor.offset, tensor.offset + expected.length);
        expect(relativeError(got, expected), tensor.name).toBeLessThan(toleranceAfterSteps);
      }
    });
  });
}
