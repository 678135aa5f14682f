import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { canonicalJson } from '../src/base/canonical-json.ts';
import { sha256 } from '../src/base/sha256.ts';
import { stepsPerEpoch } from '../src/data/batches/epoch-batches.ts';
import { freezeRows } from '../src/data/frozen-rows.ts';
import { loadDataset } from '../src/tasks/load-dataset.ts';
import { predictedClasses } from '../src/evaluate/predicted-classes.ts';
import { resolveModel } from '../src/hub/resolve-model.ts';
import { evaluatedNumber, type Measurements } from '../src/metrics/values/evaluation-metrics.ts';
import type { PendingEvaluation, SegmentOutcome, TrainSegment } from '../src/sweep/segment.ts';
import { trainerVersion } from '../src/sweep/trainer-version.ts';
import { basePrecisions } from '../src/sweep/fields/run-fields.ts';
import type {
  BasePrecision,
  DatasetReference,
  FrozenRow,
  TaskShape,
  TrainingConfiguration,
} from '../src/sweep/vocabulary.ts';
import { makeOnnxRunner } from '../src/train/segments/onnx-runner.ts';
import type { RunCommand, SegmentReporter } from '../src/train/process/segment-runner.ts';
import { besideReference, readReference, type Shown } from './mrpc-reference.ts';

/*
 * The accuracy proof: MRPC with the settings of the PyTorch program (reference/train.py), through the same runner that
 * sweeps use. Plain LoRA (p = 0, N = 1) and LoRA Dropout (p = 0.5, N = 2, M = 4), per seed the dev metrics in the mode
 * `expected` and of the ensemble, beside what PyTorch printed for that seed.
 */

const { values: options } = parseArgs({
  options: {
    /** A hub id or a folder. */
    model: { type: 'string', default: 'sentence-transformers/all-MiniLM-L6-v2' },
    data: { type: 'string' },
    reference: { type: 'string' },
    seeds: { type: 'string', default: '0,1,2' },
    arms: { type: 'string', default: '0,0.5' },
    epochs: { type: 'string', default: '3' },
    /** base_precision: float32, int8 or int8_all. */
    precision: { type: 'string', default: 'float32' },
    /** Stop after this many steps of the schedule: a smoke test, not a result. */
    steps: { type: 'string' },
  },
});

const settings: Omit<TrainingConfiguration, 'dropout_rate' | 'train_instances' | 'seed' | 'epochs'> = {
  adapter: 'lora',
  sparsity: 0,
  rank: 8,
  alpha: 16,
  targets: ['query', 'key', 'value', 'attention.output.dense', 'intermediate.dense', 'output.dense'],
  learning_rate: 5e-4,
  weight_decay: 0.01,
  decay_biases: true,
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1e-8,
  clip_norm: 1,
  batch_size: 32,
  warmup_fraction: 0.06,
  max_length: 128,
  base_precision: precisionOf(options.precision),
  keep: 'last',
};

function precisionOf(name: string): BasePrecision {
  const precision = basePrecisions.find((known) => known === name);
  if (precision === undefined) throw new Error(`--precision ${basePrecisions.join(' | ')}`);
  return precision;
}

interface Inputs {
  readonly modelFolder: string;
  readonly workFolder: string;
  readonly task: TaskShape;
  readonly train: DatasetReference;
  readonly dev: DatasetReference;
  readonly devLabels: readonly number[];
  readonly datasetFiles: Readonly<Record<string, string>>;
}

interface ArmResult {
  readonly p: number;
  readonly N: number;
  readonly M: number;
  readonly seed: number;
  readonly precision: BasePrecision;
  readonly steps: number;
  readonly seconds: number;
  readonly expected_update: Shown;
  readonly train_acc_subsample: number | null;
  readonly members?: readonly number[];
  readonly ensemble?: Shown;
}

const runner = makeOnnxRunner();

const quietReporter: SegmentReporter = {
  progress: (step, of) => {
    if (step % 50 === 0 || step === of) process.stderr.write(`  ${step}/${of}\r`);
  },
  metrics: () => undefined,
  checkpoint: () => undefined,
  event: (name, detail) => process.stderr.write(`  ${name} ${JSON.stringify(detail)}\n`),
  packing: () => undefined,
  page: () => undefined,
  releaseRequested: false,
};

async function runArm(inputs: Inputs, dropoutRate: number, seed: number): Promise<ArmResult> {
  const members = dropoutRate === 0 ? 1 : 4;
  const configuration: TrainingConfiguration = {
    ...settings,
    dropout_rate: dropoutRate,
    train_instances: dropoutRate === 0 ? 1 : 2,
    epochs: Number(options.epochs),
    seed,
  };
  const totalSteps = configuration.epochs * stepsPerEpoch(inputs.train.rows, configuration.batch_size);
  const segment: TrainSegment = {
    kind: 'train',
    lease: { segmentId: 'bench', epoch: 1 },
    trainingId: 'bench',
    trainingHash: sha256(canonicalJson({ ...configuration, targets: [...configuration.targets] })),
    rung: 0,
    specification: {
      trainer: 'onnx',
      trainer_version: trainerVersion,
      configuration,
      base: {
        reference: inputs.modelFolder,
        folder: inputs.modelFolder,
        content_hash: 'bench',
        tokenizer_hash: 'bench',
      },
      task: inputs.task,
      train: inputs.train,
      total_steps: totalSteps,
    },
    checkpoint: null,
    endStep: options.steps === undefined ? totalSteps : Number(options.steps),
    attempt: 1,
    pack: 1,
  };
  const trained = await run(inputs, segment);
  if (trained.kind !== 'trained') throw new Error(JSON.stringify(trained));
  const evaluations: PendingEvaluation[] = [pending(inputs, 'expected', dropoutRate, 1, seed)];
  if (members > 1) evaluations.push(pending(inputs, 'ensemble', dropoutRate, members, seed));
  const { lease, trainingId, trainingHash, specification } = segment;
  const evaluated = await run(inputs, {
    kind: 'evaluate',
    lease,
    trainingId,
    trainingHash,
    rung: 0,
    specification,
    checkpoint: trained.checkpoint,
    evaluations,
    attempt: 1,
  });
  if (evaluated.kind !== 'evaluated') throw new Error(JSON.stringify(evaluated));
  const metrics = evaluated.results.map((result) => result.metrics);
  const [expected] = metrics;
  if (expected === undefined) throw new Error('no metrics');
  const base = {
    p: dropoutRate,
    N: configuration.train_instances,
    M: members,
    seed,
    precision: configuration.base_precision,
    steps: segment.endStep,
    seconds: Math.round(trained.trainSeconds),
    expected_update: shown(expected),
    train_acc_subsample: evaluatedNumber(expected, 'train_accuracy'),
  };
  const ensemble = metrics[1];
  if (ensemble === undefined) return base;
  const own = evaluated.members.filter((one) => one.evaluationId === evaluations[1]?.evaluationId);
  return {
    ...base,
    members: own.map(({ outputs }) => memberAccuracy(inputs, outputs.values)),
    ensemble: shown(ensemble),
  };
}

function memberAccuracy(inputs: Inputs, logits: Float32Array): number {
  const predictions = predictedClasses(Float64Array.from(logits), 2);
  const right = inputs.devLabels.filter((label, row) => label === predictions[row]);
  return round(right.length / inputs.devLabels.length);
}

function run(inputs: Inputs, segment: RunCommand['segment']): Promise<SegmentOutcome> {
  const { modelFolder, workFolder, datasetFiles } = inputs;
  return runner.run(
    {
      kind: 'run',
      segment,
      checkpointFolder: join(workFolder, 'checkpoints'),
      storeId: 'bench',
      datasetFiles,
      modelFolder,
      checkpointEverySeconds: 600,
    },
    quietReporter,
  );
}

function pending(
  inputs: Inputs,
  mode: 'expected' | 'ensemble',
  dropoutRate: number,
  size: number,
  maskSeed: number,
): PendingEvaluation {
  return {
    evaluationId: `${mode}-${size}-${maskSeed}`,
    configuration: {
      split: 'dev',
      mode,
      dropout_rate: dropoutRate,
      ensemble_size: size,
      mask_seed: maskSeed,
      aggregate: 'logits',
    },
    dataset: inputs.dev,
    storedMembers: [],
  };
}

function shown(metrics: Measurements): Shown {
  const own = (name: string): number => round(evaluatedNumber(metrics, name));
  return { acc: own('accuracy'), f1: own('f1'), ece: own('ece'), nll: own('loss') };
}

function round(value: number | null): number {
  return value === null ? Number.NaN : Math.round(value * 10_000) / 10_000;
}

function freeze(folder: string, rows: readonly FrozenRow[]): { reference: DatasetReference; file: string } {
  const frozen = freezeRows(rows);
  const file = join(folder, `${frozen.hash}.jsonl.gz`);
  writeFileSync(file, frozen.bytes);
  return { reference: { hash: frozen.hash, rows: frozen.rows }, file };
}

async function main(): Promise<void> {
  const shared = resolve('../shared');
  const { folder: modelFolder } = await resolveModel(options.model, {
    progress: (text) => process.stderr.write(`${text}\n`),
  });
  const folder = resolve(options.data ?? join(shared, 'data', 'glue', 'MRPC'));
  const { task, train, dev } = await loadDataset({
    kind: 'text-classification',
    data: { kind: 'glue', task: 'MRPC', folder },
    split_seed: 0,
  });
  const workFolder = mkdtempSync(join(tmpdir(), 'dropsweep-mrpc-'));
  try {
    mkdirSync(join(workFolder, 'checkpoints'));
    const frozen = { train: freeze(workFolder, train), dev: freeze(workFolder, dev) };
    const inputs: Inputs = {
      modelFolder,
      workFolder,
      task,
      train: frozen.train.reference,
      dev: frozen.dev.reference,
      devLabels: dev.map((row) => Number(row['label'])),
      datasetFiles: {
        [frozen.train.reference.hash]: frozen.train.file,
        [frozen.dev.reference.hash]: frozen.dev.file,
      },
    };
    const reference = readReference(options.reference ?? join(shared, 'reference', 'results.jsonl'));
    for (const seed of options.seeds.split(',').map(Number)) {
      for (const dropoutRate of options.arms.split(',').map(Number)) {
        const result = await runArm(inputs, dropoutRate, seed);
        process.stdout.write(`${JSON.stringify(result)}\n`);
        process.stdout.write(besideReference(result, reference).join(''));
      }
    }
  } finally {
    rmSync(workFolder, { recursive: true });
  }
}

await main();
