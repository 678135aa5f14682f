import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type {
  AdapterEngine,
  AdapterMasks,
  StepHyperparameters,
  TrainingState,
} from '../../src/train/engine/adapter-engine.ts';
import type { DeviceKind } from '../../src/sweep/device-kind.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import {
  adapterOf,
  batchOf,
  type ConformanceCase,
  floats,
  headOf,
  instanceMasks,
  labelsOf,
  loadCase,
  logitsParts,
  memberMasks,
  parametersOf,
  relativeError,
  storedName,
} from './read-case.ts';

/** What a case states of one kind: norm-wise relative error of the worst tensor. */
export interface Measure {
  readonly kind: 'logits' | 'losses' | 'gradients' | 'steps';
  readonly tolerance: number;
  compared: number;
  worst: number;
  /** The tensor or scalar of the worst error. */
  at: string;
}

export interface CaseReport {
  readonly name: string;
  readonly measures: readonly Measure[];
  /** Everything beyond its tolerance, worded. */
  readonly misses: readonly string[];
}

/** A shift of all positions is not seen by the softmax over them: its true gradient is zero. */
const shiftBias = 'head.qa_outputs.bias';
const largestShiftGradient = 1e-6;

/**
 * The vectors are of float32. float16 rounds operands and results of each frozen linear to 11 bits, by 5e-4 at most, which
 * two layers there and back make up to nine times as much of. Adam's first steps go by signs, and those of gradients
 * that are next to nothing are drawn anew by any rounding.
 */
const tolerances = {
  float32: { logits: 2e-5, losses: 2e-5, gradients: 2e-5, steps: 2e-4 },
  float16: { logits: 2e-3, losses: 5e-4, gradients: 6e-3, steps: 0.1 },
} as const;

/**
 * Runs one folder in the format of the reference vectors through the engine: logits, members and their mean, losses,
 * penalties, gradients of the first step, tensors after the steps.
 * @param threads intra-op threads
 * @param exported name of the case's .onnx file; absent: config.json and model.safetensors
 */
export async function runCase(
  folder: string,
  threads: number,
  exported?: string,
  device: DeviceKind = 'cpu',
  precision: keyof typeof tolerances = 'float32',
): Promise<CaseReport> {
  // The engine writes its graph beside the weights: not into the reference data.
  const modelFolder = mkdtempSync(path.join(tmpdir(), 'dropsweep-conformance-'));
  for (const file of readdirSync(folder)) {
    if (file === 'config.json' || file.startsWith(exported ?? 'model.safetensors')) {
      cpSync(path.join(folder, file), path.join(modelFolder, file));
    }
  }
  try {
    const loaded = loadCase(folder);
    const engine = await openEngineWithHead(
      {
        modelFolder: exported === undefined ? modelFolder : path.join(modelFolder, exported),
        adapter: { ...adapterOf(loaded.case), base_precision: precision },
        threads,
        device,
      },
      headOf(loaded.case),
    );
    try {
      return await new CaseRun(loaded, engine, precision).run();
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(modelFolder, { recursive: true, force: true });
  }
}

class CaseRun {
  readonly #loaded: ConformanceCase;
  readonly #engine: AdapterEngine;
  readonly #parameters: Float32Array;
  readonly #measures: Record<Measure['kind'], Measure>;
  readonly #misses: string[] = [];

  constructor(loaded: ConformanceCase, engine: AdapterEngine, precision: keyof typeof tolerances) {
    const measure = (kind: Measure['kind']) => ({
      kind,
      tolerance: tolerances[precision][kind],
      compared: 0,
      worst: 0,
      at: '',
    });
    this.#measures = {
      logits: measure('logits'),
      losses: measure('losses'),
      gradients: measure('gradients'),
      steps: measure('steps'),
    };
    this.#loaded = loaded;
    this.#engine = engine;
    this.#parameters = parametersOf(engine.layout, loaded.trainable);
  }

  async run(): Promise<CaseReport> {
    await this.#unmasked();
    await this.#members();
    await this.#instances();
    await this.#steps();
    return {
      name: path.basename(this.#loaded.case.folder),
      measures: Object.values(this.#measures),
      misses: this.#misses,
    };
  }

  #compare(kind: Measure['kind'], at: string, got: ArrayLike<number>, expected: ArrayLike<number>): void {
    const measure = this.#measures[kind];
    const error = relativeError(got, expected);
    measure.compared += 1;
    if (!(error <= measure.worst)) Object.assign(measure, { worst: error, at });
    if (!(error <= measure.tolerance)) this.#misses.push(`${at}: ${error.toExponential(2)} > ${measure.tolerance}`);
  }

  #compareLogits(key: string, logits: Float32Array): void {
    logitsParts(this.#loaded.case, logits).forEach((part, index) => {
      this.#compare('logits', `${key}.logits.${index}`, part, floats(this.#loaded.expected, `${key}.logits.${index}`));
    });
  }

  async #pass(key: string, masks: AdapterMasks | null): Promise<Float32Array> {
    const { inputs, expected } = this.#loaded;
    const labels = labelsOf(this.#loaded.case, inputs);
    const logits = await this.#engine.logits(this.#parameters, batchOf(inputs), masks, 1);
    this.#compareLogits(key, logits);
    const { loss } = await this.#engine.gradient(this.#parameters, batchOf(inputs), labels, masks);
    this.#compare('losses', `${key}.loss`, [loss], floats(expected, `${key}.loss`));
    return logits;
  }

  async #unmasked(): Promise<void> {
    await this.#pass('eval.raw', null);
  }

  async #members(): Promise<void> {
    const { ensemble_size: members } = this.#loaded.case;
    let sum: number[] = [];
    for (let member = 0; member < members; member += 1) {
      const logits = await this.#pass(
        `ensemble.member.${member}`,
        memberMasks(this.#loaded, this.#engine.layout, member),
      );
      sum = Array.from(logits, (value, index) => value + (sum[index] ?? 0));
    }
    this.#compareLogits(
      'ensemble.mean',
      Float32Array.from(sum, (value) => value / members),
    );
  }

  async #instances(): Promise<void> {
    for (const [index, masks] of this.#trainMasks().entries()) await this.#pass(`train.instance.${index}`, masks);
  }

  #trainMasks(): AdapterMasks[] {
    const { train_instances: count } = this.#loaded.case;
    return Array.from({ length: count }, (_, index) => instanceMasks(this.#loaded, this.#engine.layout, index));
  }

  async #steps(): Promise<void> {
    const { inputs, expected } = this.#loaded;
    const { optimizer } = this.#loaded.case;
    const labels = labelsOf(this.#loaded.case, inputs);
    let state: TrainingState = {
      parameters: this.#parameters,
      firstMoment: new Float32Array(this.#parameters.length),
      secondMoment: new Float32Array(this.#parameters.length),
      step: 0,
    };
    for (let step = 0; step < optimizer.steps; step += 1) {
      const result = await this.#engine.step(
        state,
        batchOf(inputs),
        labels,
        this.#trainMasks(),
        this.#hyperparameters(),
      );
      state = result.state;
      if (step === 0) {
        this.#compare('losses', 'train.data_loss', [result.dataLoss], floats(expected, 'train.data_loss'));
        this.#comparePenalty('train.sparsity_penalty', result.sparsityPenalty);
        this.#comparePenalty('train.orthogonality_penalty', result.orthogonalityPenalty);
        this.#compare('losses', 'train.loss', [result.loss], floats(expected, 'train.loss'));
        this.#gradients(result.state.firstMoment);
      } else {
        const key = `train.step${step}.loss`;
        if (expected.has(key)) this.#compare('steps', key, [result.loss], floats(expected, key));
      }
    }
    for (const { name, offset } of this.#engine.layout.tensors) {
      if (name === shiftBias) continue;
      const key = `after${optimizer.steps}.${storedName(name)}`;
      const tensor = floats(expected, key);
      this.#compare('steps', key, state.parameters.subarray(offset, offset + tensor.length), tensor);
    }
  }

  /** A case without the term may leave it out. */
  #comparePenalty(key: string, got: number): void {
    const { expected } = this.#loaded;
    this.#compare('losses', key, [got], expected.has(key) ? floats(expected, key) : [0]);
  }

  /** With no past to decay, the first moment is (1 − β1) of the gradient that the optimiser saw. */
  #gradients(firstMoment: Float32Array): void {
    const shrink = 1 - this.#loaded.case.optimizer.betas[0];
    for (const { name, offset } of this.#engine.layout.tensors) {
      const key = `grad.${storedName(name)}`;
      const tensor = floats(this.#loaded.expected, key);
      const got = firstMoment.subarray(offset, offset + tensor.length).map((value) => value / shrink);
      if (name !== shiftBias) this.#compare('gradients', key, got, tensor);
      else if (!got.every((value) => Math.abs(value) < largestShiftGradient)) this.#misses.push(`${key}: not zero`);
    }
  }

  #hyperparameters(): StepHyperparameters {
    const { optimizer, dropout_rate: p, sparsity, orthogonality } = this.#loaded.case;
    return {
      droppedShare: 2 * p - p * p,
      sparsity,
      orthogonality,
      learningRate: optimizer.learning_rate,
      headRate: null,
      weightDecay: optimizer.weight_decay,
      decayBiases: true,
      beta1: optimizer.betas[0],
      beta2: optimizer.betas[1],
      epsilon: optimizer.epsilon,
      clipNorm: null,
      microBatchRows: null,
    };
  }
}
