import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { planBatches, sortedBatches } from '../src/data/batches/epoch-batches.ts';
import { loadDataset } from '../src/tasks/load-dataset.ts';
import { batchLabels, tokenBatch } from '../src/data/batches/token-batch.ts';
import { inputLengths } from '../src/data/encoded-rows.ts';
import { openTokenizer } from '../src/data/tokens/open-tokenizer.ts';
import { basePrecisions } from '../src/sweep/fields/run-fields.ts';
import { trainingDefaults } from '../src/sweep/training-fields.ts';
import type { BasePrecision } from '../src/sweep/vocabulary.ts';
import type { TrainableTensor, TrainingState } from '../src/train/engine/adapter-engine.ts';
import { instanceMasks } from '../src/train/engine/masks/instance-masks.ts';
import { openAdapterEngine } from '../src/train/engine/open-adapter-engine.ts';
import { StepGathering } from '../src/train/engine/passes/step-gathering.ts';
import { trainSteps } from '../src/train/segments/training-loop.ts';
import { ownBase } from './own-base.ts';
import { stepRequest } from './step-request.ts';
import { taskOf } from '../src/tasks/tasks.ts';

/*
 * How far int8's gradients are from float32's: a training on mails in float32, and at some of its steps the gradient
 * of the next batch in both precisions, tensor by tensor. `npm run bench:int8 -- [--model REFERENCE] [--p 0]
 * [--steps 0,50,200] [--tokens 128] [--threads 2] [--precision int8] [--mrpc FOLDER]`. Ends with status 1 where a tensor misses cosine 0.995 or differs
 * in norm by more than 2 %.
 */
const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'sentence-transformers/all-MiniLM-L6-v2' },
    p: { type: 'string', default: '0' },
    steps: { type: 'string', default: '0,50,200' },
    tokens: { type: 'string', default: '128' },
    threads: { type: 'string', default: '2' },
    precision: { type: 'string', default: 'int8' },
    mrpc: { type: 'string' },
  },
});
const leastCosine = 0.995;
const largestNormError = 0.02;

const precision = basePrecisions.find((known) => known === options.precision) ?? 'int8';
const stops = options.steps.split(',').map(Number);
const totalSteps = Math.max(...stops) + 1;
const configuration = {
  ...trainingDefaults,
  dropout_rate: Number(options.p),
  targets: stepRequest.adapter.targets,
  max_length: Number(options.tokens),
};
const data = await loadDataset({
  kind: 'text-classification',
  data:
    options.mrpc === undefined
      ? { kind: 'package', package: 'spam-assassin' }
      : { kind: 'glue', task: 'MRPC', folder: options.mrpc },
  train_rows: 3200,
  dev_rows: 32,
  split_seed: 0,
});

const modelFolder = await ownBase(options.model, ['config.json', 'model.safetensors', 'tokenizer.json']);
const open = (base_precision: BasePrecision) =>
  openAdapterEngine({
    modelFolder,
    task: data.task,
    adapter: { ...stepRequest.adapter, base_precision },
    threads: Number(options.threads),
  });
const [float32, int8] = [await open('float32'), await open(precision)];
const task = taskOf(data.task);
const { labels: layout } = task.objective.loss(data.task, configuration);
const { inputs } = await task.encode(data.train, {
  shape: data.task,
  ...openTokenizer(modelFolder),
  maxLength: configuration.max_length,
});
const padId = 0;
const lengths = inputLengths(inputs);
const masks = instanceMasks(float32.layout, configuration);
const probes = sortedBatches(lengths, configuration.batch_size);

let missed = false;
await compareAt(float32.initialState(0));
const loop = {
  engine: float32,
  configuration,
  labels: layout,
  inputs,
  padId,
  plan: planBatches(lengths, configuration.batch_size),
  totalSteps,
  instanceMasks: masks,
  place: new StepGathering(float32, 1).join(),
};
for await (const { result } of trainSteps(loop, float32.initialState(0), totalSteps - 1)) await compareAt(result.state);
await float32.close();
await int8.close();
rmSync(modelFolder, { recursive: true });
process.exitCode = missed ? 1 : 0;

/** At the state before a step that is asked for, on a short, a middling and the longest batch. */
async function compareAt({ parameters, step }: TrainingState): Promise<void> {
  if (!stops.includes(step)) return;
  for (const share of [0.25, 0.5, 0.99]) {
    const rows = probes[Math.floor(share * (probes.length - 1))];
    if (rows === undefined) throw new RangeError('there are batches');
    const batch = tokenBatch(inputs, rows, padId);
    const labels = batchLabels(inputs, rows, layout);
    const exact = await float32.gradient(parameters, batch, labels, masks(step, 0));
    const rounded = await int8.gradient(parameters, batch, labels, masks(step, 0));
    const compared = float32.layout.tensors.flatMap((tensor) => {
      const found = compare(tensor, exact.gradient, rounded.gradient);
      return found === null ? [] : [found];
    });
    report(step, batch.length, Math.abs(rounded.loss - exact.loss), compared);
  }
}

interface Compared {
  readonly name: string;
  readonly cosine: number;
  /** Relative. */
  readonly normError: number;
}

/** null where the gradient is zero: A's, while B is. */
function compare(tensor: TrainableTensor, exact: Float32Array, rounded: Float32Array): Compared | null {
  const end = tensor.offset + tensor.shape.reduce((product, size) => product * size, 1);
  let [product, exactSquare, roundedSquare] = [0, 0, 0];
  for (let i = tensor.offset; i < end; i += 1) {
    const [a, b] = [exact[i] ?? 0, rounded[i] ?? 0];
    product += a * b;
    exactSquare += a * a;
    roundedSquare += b * b;
  }
  if (exactSquare === 0 && roundedSquare === 0) return null;
  const cosine = product / Math.sqrt(exactSquare * roundedSquare);
  return { name: tensor.name, cosine, normError: Math.abs(Math.sqrt(roundedSquare / exactSquare) - 1) };
}

function report(step: number, length: number, lossError: number, compared: readonly Compared[]): void {
  const farthest = compared.toSorted((a, b) => a.cosine - b.cosine)[0];
  const worstNorm = compared.toSorted((a, b) => b.normError - a.normError)[0];
  if (farthest === undefined || worstNorm === undefined) throw new Error('some gradient is not zero');
  const misses = compared.filter(
    ({ cosine, normError }) => !(cosine >= leastCosine && normError <= largestNormError),
  ).length;
  missed ||= misses > 0;
  process.stdout.write(
    [
      `step ${step}, 32 x ${length}: ${compared.length} tensors, ${misses} missed; loss differs by ${lossError.toExponential(1)}`,
      `  least cosine ${farthest.cosine.toFixed(5)} at ${farthest.name}`,
      `  largest difference in norm ${(100 * worstNorm.normError).toFixed(2)} % at ${worstNorm.name}`,
      '',
    ].join('\n'),
  );
}
