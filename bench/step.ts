import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { AdapterMasks } from '../src/train/engine/adapter-engine.ts';
import { instanceMasks } from '../src/train/engine/masks/instance-masks.ts';
import { openAdapterEngine } from '../src/train/engine/open-adapter-engine.ts';
import { drawBatch, drawMasks, stepHyperparameters, stepRequest } from './step-request.ts';
import { ownBase } from './own-base.ts';

/*
 * The training step at one shape: npm run bench -- [--model REFERENCE] [--rows 32] [--tokens 64] [--threads 2]
 * [--steps 12] [--lora-dropout 0] [--hidden-dropout 0]. Prints minimum and median of each figure, peak memory, and where the time of a step goes.
 */
const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'sentence-transformers/all-MiniLM-L6-v2' },
    rows: { type: 'string', default: '32' },
    tokens: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: '12' },
    'lora-dropout': { type: 'string', default: '0' },
    'hidden-dropout': { type: 'string', default: '0' },
  },
});
process.env['DROPSWEEP_THREADS'] = options.threads;

const folder = await ownBase(options.model);
const rates = { lora_dropout: Number(options['lora-dropout']), hidden_dropout: Number(options['hidden-dropout']) };
const adapter = { ...stepRequest.adapter, ...rates };
const request = { ...stepRequest, adapter, modelFolder: folder, threads: Number(options.threads) };
const openedAt = performance.now();
const engine = await openAdapterEngine(request);
const openMs = performance.now() - openedAt;

/** Of one instance, those of elements drawn by the passes. */
function masksOf(step: number, instance: number): AdapterMasks {
  const { elements } = instanceMasks(engine.layout, { dropout_rate: 0, seed: 0, ...rates })(step, instance);
  return { ...drawMasks(engine, instance), ...(elements && { elements }) };
}

const [batchRows, tokens] = [Number(options.rows), Number(options.tokens)];
const { batch, labels } = drawBatch(batchRows, tokens);

async function timeSteps(instances: number): Promise<number[]> {
  const times: number[] = [];
  let state = engine.initialState(0);
  for (let step = 0; step < Number(options.steps) + 2; step += 1) {
    const begun = performance.now();
    ({ state } = await engine.step(
      state,
      batch,
      labels,
      Array.from({ length: instances }, (_, i) => masksOf(step, i)),
      stepHyperparameters,
    ));
    if (step >= 2) times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b);
}

const row = (name: string, times: readonly number[]) => {
  const median = times[Math.floor(times.length / 2)] ?? 0;
  process.stdout.write(`${name.padEnd(24)} min ${(times[0] ?? 0).toFixed(1)} ms   median ${median.toFixed(1)} ms\n`);
};
process.stdout.write(`${batchRows} x ${tokens} tokens, ${options.threads} threads, ${engine.numericsClass}\n`);
row('open', [openMs]);
row('step, N = 1', await timeSteps(1));
row('step, N = 2', await timeSteps(2));
const evaluated: number[] = [];
for (let pass = 0; pass < 8; pass += 1) {
  const begun = performance.now();
  await engine.logits(engine.initialState(0).parameters, batch, masksOf(0, pass), 1);
  evaluated.push(performance.now() - begun);
}
row(
  'evaluation pass',
  evaluated.sort((a, b) => a - b),
);
process.stdout.write(`peak memory              ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB\n`);
await engine.close();

const profiled = await openAdapterEngine({ ...request, profilePrefix: path.join(folder, 'profile') });
const profiledSteps = 4;
let state = profiled.initialState(0);
for (let step = 0; step < profiledSteps; step += 1) {
  ({ state } = await profiled.step(state, batch, labels, [masksOf(step, 0)], stepHyperparameters));
}
await profiled.close();
printProfile();
rmSync(folder, { recursive: true });

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** Time by operator under onnxruntime's profiler, of the gradient graph; the first step is among them. */
function printProfile(): void {
  const file = readdirSync(folder).find((name) => name.startsWith('profile')) ?? '';
  const events = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as readonly ProfileEvent[];
  const byOperator = new Map<string, { calls: number; microseconds: number }>();
  for (const event of events) {
    const operator = event.args?.op_name;
    if (event.cat !== 'Node' || operator === undefined || operator === 'If' || !event.name.endsWith('_kernel_time'))
      continue;
    const { calls, microseconds } = byOperator.get(operator) ?? { calls: 0, microseconds: 0 };
    byOperator.set(operator, { calls: calls + 1, microseconds: microseconds + event.dur });
  }
  const total = [...byOperator.values()].reduce((sum, { microseconds }) => sum + microseconds, 0);
  process.stdout.write(`profile: ${(total / 1000 / profiledSteps).toFixed(0)} ms in operators per step, N = 1\n`);
  const rows = [...byOperator].sort(([, a], [, b]) => b.microseconds - a.microseconds).slice(0, 12);
  for (const [operator, { calls, microseconds }] of rows) {
    const share = ((100 * microseconds) / total).toFixed(1).padStart(5);
    const each = (microseconds / 1000 / profiledSteps).toFixed(1).padStart(7);
    process.stdout.write(`  ${operator.padEnd(22)} ${share} %  ${each} ms  ${calls / profiledSteps} calls\n`);
  }
}
