import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { freezeRows } from '../src/data/frozen-rows.ts';
import { inputLengths } from '../src/data/encoded-rows.ts';
import { epochBatches, planBatches } from '../src/data/batches/epoch-batches.ts';
import { openTokenizer } from '../src/data/tokens/open-tokenizer.ts';
import { makeOnnxRunner } from '../src/train/segments/onnx-runner.ts';
import type { SegmentReporter } from '../src/train/process/segment-runner.ts';
import type { TaskShape, TrainingConfiguration } from '../src/sweep/vocabulary.ts';
import { trainerVersion } from '../src/sweep/trainer-version.ts';
import { loadDataset, settledBy } from '../src/tasks/load-dataset.ts';
import { taskOf } from '../src/tasks/tasks.ts';

/*
 * What `task.pack` saves: CPU of an epoch with short rows behind one another in one input, against rows of like length
 * padded, interleaved: `npm run bench:packed-rows -- BASE ROWS.json [--rows 400] [--length 256] [--rounds 5]`, where ROWS
 * has Alpaca's layout. A step sees about as many rows either way.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '400' },
    length: { type: 'string', default: '256' },
    batch: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '5' },
  },
});
const [base, rowsFile] = positionals;
if (base === undefined || rowsFile === undefined) throw new Error('usage: npm run bench:packed-rows -- BASE ROWS.json');
const modelFolder = resolve(base);
const maxLength = Number(options.length);
const folder = mkdtempSync(join(tmpdir(), 'dropsweep-packed-'));
const source = { kind: 'files' as const, train: resolve(rowsFile), dev: resolve(rowsFile), lenient: ['input'] };
const columns = { instruction: 'instruction', input: 'input', output: 'output' };
const loaded = await loadDataset({ kind: 'language-modelling', split_seed: 0, data: { ...source, columns } });

interface Arm {
  readonly name: string;
  readonly task: TaskShape;
  readonly inputs: number;
  readonly tokens: number;
  /** With padding, and as attention has them: squares. */
  readonly padded: number;
  readonly squares: number;
  readonly batchSize: number;
  readonly cpu: number[];
}

const train = loaded.train.slice(0, Number(options.rows));
const frozen = freezeRows(train);
const file = join(folder, 'rows.jsonl.gz');
writeFileSync(file, frozen.bytes);

async function armOf(name: string, settings: Readonly<Record<string, boolean>>): Promise<Arm> {
  const shape = { ...loaded.task, settings: { ...loaded.task.settings, ...settings } };
  const { task } = await settledBy({ ...loaded, task: shape }, modelFolder);
  const request = { shape: task, ...openTokenizer(modelFolder), maxLength, training: true as const };
  const { inputs } = await taskOf(task).encode(train, request);
  const tokens = inputs.reduce((sum, { ids }) => sum + ids.length, 0);
  const batchSize = Math.max(1, Math.round((Number(options.batch) * inputs.length) / train.length));
  const batches = epochBatches(planBatches(inputLengths(inputs), batchSize), 0, 0);
  const sumOf = (size: (length: number) => number) =>
    batches.reduce((sum, { rows, length }) => sum + rows.length * size(length), 0);
  const [padded, squares] = [sumOf((length) => length), sumOf((length) => length ** 2)];
  return { name, task, inputs: inputs.length, tokens, padded, squares, batchSize, cpu: [] };
}

const quiet: SegmentReporter = {
  progress: () => undefined,
  metrics: () => undefined,
  checkpoint: () => undefined,
  event: () => undefined,
  packing: () => undefined,
  page: () => undefined,
  releaseRequested: false,
};

const runner = makeOnnxRunner();

async function epoch({ task, inputs, batchSize }: Arm): Promise<number> {
  const configuration: TrainingConfiguration = {
    ...{ adapter: 'lora', dropout_rate: 0.1, sparsity: 1e-4, train_instances: 1, rank: 8, alpha: 16 },
    targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
    ...{ learning_rate: 1e-3, weight_decay: 0.01, decay_biases: true, adam_beta1: 0.9, adam_beta2: 0.999 },
    ...{ adam_epsilon: 1e-8, clip_norm: 1, batch_size: batchSize, epochs: 1, warmup_fraction: 0.06 },
    ...{ max_length: maxLength, base_precision: 'float32', keep: 'last', seed: 0 },
  };
  const steps = Math.ceil(inputs / batchSize);
  const reference = { reference: modelFolder, folder: modelFolder, content_hash: 'bench', tokenizer_hash: 'bench' };
  const specification = {
    ...{ trainer: 'onnx' as const, trainer_version: trainerVersion, configuration, base: reference, task },
    ...{ train: { hash: frozen.hash, rows: frozen.rows }, total_steps: steps },
  };
  const before = process.cpuUsage();
  const outcome = await runner.run(
    {
      kind: 'run',
      segment: {
        ...{ kind: 'train', lease: { segmentId: 'bench', epoch: 1 }, trainingId: 'bench', trainingHash: 'bench' },
        ...{ rung: 0, specification, checkpoint: null, endStep: steps, attempt: 1, pack: 1 },
      },
      checkpointFolder: join(folder, 'checkpoints'),
      storeId: 'bench',
      datasetFiles: { [frozen.hash]: file },
      modelFolder,
      checkpointEverySeconds: 3_600,
    },
    quiet,
  );
  if (outcome.kind !== 'trained') throw new Error(JSON.stringify(outcome));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const arms = [await armOf('rows of like length', {}), await armOf('packed', { pack: true })];
for (const { name, inputs, tokens, padded, squares, batchSize } of arms)
  console.log(
    `${name}: ${inputs} inputs in batches of ${batchSize}, ${tokens} tokens, ${padded} with padding, ${squares} pairs of them`,
  );
// The first of each opens engines and tokenises.
if (Number(options.rounds) > 0) for (const arm of arms) await epoch(arm);
for (let round = 0; round < Number(options.rounds); round += 1) {
  for (const arm of arms) {
    const seconds = await epoch(arm);
    arm.cpu.push(seconds);
    process.stderr.write(`${arm.name}: ${seconds.toFixed(2)} s\n`);
  }
}
for (const { name, cpu } of arms.filter(({ cpu: measured }) => measured.length > 0)) {
  const sorted = cpu.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  console.log(`${name}: CPU of an epoch ${sorted[0]?.toFixed(2)} s at least, median ${median.toFixed(2)}`);
}
rmSync(folder, { recursive: true });
