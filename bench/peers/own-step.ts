import { createInterface } from 'node:readline';
import { basePrecisions } from '../../src/sweep/fields/run-fields.ts';
import { measurePacking } from '../../src/train/segments/measure-packing.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { drawBatch, drawMasks, stepHyperparameters, stepRequest } from '../step-request.ts';

/*
 * Our side of the comparison: one training step for each line on stdin; prints its wall milliseconds and the peak
 * memory in MiB. Several instances are packed where that was measured to pay. Arguments: model folder, rows, tokens, threads, N, and the base's precision.
 */
const [modelFolder = '', rows, tokens, threads, instances, precision] = process.argv.slice(2);
const base_precision = basePrecisions.find((known) => known === precision) ?? 'float32';
const adapter = { ...stepRequest.adapter, targets: ['all-linear'], base_precision };
const engine = await openAdapterEngine({ ...stepRequest, adapter, modelFolder, threads: Number(threads) });
const { batch, labels } = drawBatch(Number(rows), Number(tokens));
// As a training does before its first step: only several passes can be packed.
const measured =
  Number(instances) === 1
    ? null
    : await measurePacking({ engine, device: 'cpu', batch, labels, hyperparameters: stepHyperparameters });
let state = engine.initialState(0);
let drawn = 0;
process.stdout.write('ready\n');
for await (const _line of createInterface({ input: process.stdin })) {
  const begun = performance.now();
  const masks = Array.from({ length: Number(instances) }, () => drawMasks(engine, drawn++));
  const training = { state, instances: masks, hyperparameters: stepHyperparameters };
  const [result] = await engine.stepTogether([training], batch, labels, measured?.pack ?? 1);
  state = result?.state ?? state;
  const wall = performance.now() - begun;
  process.stdout.write(`${wall} ${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
}
await engine.close();
