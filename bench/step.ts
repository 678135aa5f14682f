import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stream } from '../src/random/stream.ts';
import type { AdapterMasks } from '../src/train/adapter-engine.ts';
import { openAdapterEngine } from '../src/train/open-adapter-engine.ts';

/** The training step at one shape. Usage: node dist/bench/step.js MODEL_FOLDER [rows] [tokens] [threads] [steps] */
const [modelFolder = '', rows = '32', length = '64', threads = '2', steps = '12'] = process.argv.slice(2);

const sixLinears = [
  'attention.self.query',
  'attention.self.key',
  'attention.self.value',
  'attention.output.dense',
  'intermediate.dense',
  'output.dense',
];

const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-bench-'));
for (const file of ['config.json', 'model.safetensors']) cpSync(path.join(modelFolder, file), path.join(folder, file));
const request = {
  modelFolder: folder,
  task: { kind: 'classification', label_names: ['no', 'yes'] },
  adapter: { adapter: 'lora', rank: 8, alpha: 16, targets: sixLinears },
  threads: Number(threads),
} as const;
const openedAt = performance.now();
const engine = await openAdapterEngine(request);
const openMs = performance.now() - openedAt;

const [batchRows, tokens] = [Number(rows), Number(length)];
const count = batchRows * tokens;
const batch = {
  rows: batchRows,
  length: tokens,
  inputIds: BigInt64Array.from(stream(0, 'bench', 'ids').integers(count, 20_000), BigInt),
  attentionMask: new BigInt64Array(count).fill(1n),
  tokenTypeIds: new BigInt64Array(count),
};
const labels = BigInt64Array.from(stream(0, 'bench', 'labels').integers(batchRows, 2), BigInt);
const sizes = (size: 'inFeatures' | 'outFeatures') =>
  engine.layout.modules.reduce((sum, module) => sum + module[size], 0);
const masks = (instance: number): AdapterMasks => {
  const draw = (side: string, size: number) =>
    stream(0, 'bench', side, instance)
      .uniforms(size)
      .map((uniform) => (uniform >= 0.5 ? 1 : 0));
  return { input: draw('input', sizes('inFeatures')), output: draw('output', sizes('outFeatures')) };
};
const hyperparameters = {
  dropoutRate: 0.5,
  sparsity: 0,
  learningRate: 5e-4,
  weightDecay: 0.01,
  decayBiases: true,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clipNorm: 1,
};

async function timeSteps(instances: number): Promise<number[]> {
  const times: number[] = [];
  let state = engine.initialState(0);
  for (let step = 0; step < Number(steps) + 2; step += 1) {
    const begun = performance.now();
    ({ state } = await engine.step(
      state,
      batch,
      labels,
      Array.from({ length: instances }, (_, i) => masks(i)),
      hyperparameters,
    ));
    if (step >= 2) times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b);
}

const row = (name: string, times: readonly number[]) => {
  const median = times[Math.floor(times.length / 2)] ?? 0;
  process.stdout.write(`${name.padEnd(24)} min ${(times[0] ?? 0).toFixed(1)} ms   median ${median.toFixed(1)} ms\n`);
};
process.stdout.write(`${batchRows} x ${tokens} tokens, ${threads} threads, ${engine.numericsClass}\n`);
row('open', [openMs]);
row('step, N = 1', await timeSteps(1));
row('step, N = 2', await timeSteps(2));
const evaluated: number[] = [];
for (let pass = 0; pass < 8; pass += 1) {
  const begun = performance.now();
  await engine.logits(engine.initialState(0).parameters, batch, masks(pass), 1);
  evaluated.push(performance.now() - begun);
}
row(
  'evaluation pass',
  evaluated.sort((a, b) => a - b),
);
process.stdout.write(`peak memory              ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB\n`);
await engine.close();
rmSync(folder, { recursive: true });
