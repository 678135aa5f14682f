import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { stream } from '../src/random/stream.ts';
import { openAdapterEngine } from '../src/train/engine/open-adapter-engine.ts';
import { drawBatch, drawMasks, stepHyperparameters, stepRequest } from './step-request.ts';
import { ownBase } from './own-base.ts';

/*
 * Peak memory over many steps of mixed lengths, against the first step of the longest:
 * `npm run bench:memory -- [--steps 500] [--rows 32] [--longest 128]`. Also how long engines take to open.
 */
const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '500' },
    rows: { type: 'string', default: '32' },
    longest: { type: 'string', default: '128' },
  },
});
const folder = await ownBase();
const openings: number[] = [];
const open = async () => {
  const begun = performance.now();
  const engine = await openAdapterEngine({ ...stepRequest, modelFolder: folder, threads: 2 });
  openings.push(performance.now() - begun);
  return engine;
};
const engine = await open();
const longest = Number(options.longest);
const buckets = Array.from({ length: 8 }, (_, bucket) => Math.round((longest * (bucket + 1)) / 8));
const order = stream(0, 'mixed-lengths').integers(Number(options.steps), buckets.length);
let state = engine.initialState(0);
const step = async (length: number): Promise<void> => {
  const { batch, labels } = drawBatch(Number(options.rows), length);
  ({ state } = await engine.step(state, batch, labels, [drawMasks(engine, 0)], stepHyperparameters));
};
const peak = (): number => Math.round(process.resourceUsage().maxRSS / 1024);
await step(longest);
const first = peak();
for (const bucket of order) await step(buckets[bucket] ?? longest);
await engine.close();
const after = peak();
await (await open()).close();
console.log(`peak after the first step of ${longest} tokens: ${first} MiB`);
console.log(
  `peak after ${options.steps} steps of ${buckets.join(', ')} tokens: ${after} MiB, ${(after / first).toFixed(3)}x`,
);
console.log(`opening an engine: ${openings.map((ms) => `${ms.toFixed(0)} ms`).join(', then ')}`);
rmSync(folder, { recursive: true });
