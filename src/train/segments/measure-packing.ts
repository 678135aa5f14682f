import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import type { DeviceKind } from '../../sweep/device-kind.ts';
import type { PackingPlan } from '../../sweep/packing.ts';
import type {
  AdapterEngine,
  BatchLabels,
  StepHyperparameters,
  TokenBatch,
  TrainingStep,
} from '../engine/adapter-engine.ts';
import { drawMasks } from '../engine/masks/instance-masks.ts';
import { stream } from '../../random/stream.ts';

/** Packs that are compared with passes in turn: a processor's cores are busy with few rows, a graphics card's are not. */
const candidates: Readonly<Record<DeviceKind, readonly number[]>> = {
  cpu: [2],
  cuda: [2, 4, 8, 16],
  webgpu: [2, 4, 8],
};
/** A pass as long as that fills the device, and a pack would only take its memory several times: nothing is compared. */
const longPassMs = 100;
/** Passes in turn share what they can as well, from two on. */
const fewest = 2;
const rounds = 3;
/** No further round is begun after it. */
const budgetMs = 4_000;
/** A pack is chosen where a pass in it takes at most so much of a pass alone. */
const worthwhile = 0.97;

export interface PackingMeasurement {
  readonly engine: AdapterEngine;
  readonly device: DeviceKind;
  /** A batch of the training's largest shape. */
  readonly batch: TokenBatch;
  readonly labels: BatchLabels;
  readonly hyperparameters: StepHyperparameters;
}

/** Passes in turn against packs of several sizes, interleaved after one round that counts for nothing. */
export async function measurePacking(measurement: PackingMeasurement): Promise<PackingPlan> {
  const { engine, device, batch, hyperparameters } = measurement;
  const rows = hyperparameters.microBatchRows ?? batch.rows;
  const shape = { rows, tokens: batch.length };
  const fits = (size: number) => engine.packThatFits(size, rows, batch.length) === size;
  const passMs = async (pack: number): Promise<number> => {
    const startedAt = performance.now();
    const passes = Math.max(fewest, pack);
    await engine.stepTogether([steppingOf(measurement, passes)], batch, measurement.labels, pack);
    await turnOfEventLoop();
    return (performance.now() - startedAt) / passes;
  };
  await passMs(1);
  const alone = await passMs(1);
  const sizes = alone > longPassMs ? [] : await runnable(candidates[device].filter(fits), passMs);
  if (sizes.length === 0) return { pack: 1, passMs: null, batch: shape };
  const best = new Map<number, number>([1, ...sizes].map((size) => [size, Number.POSITIVE_INFINITY]));
  best.set(1, alone);
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0 && performance.now() - startedAt > budgetMs) break;
    for (const [size, before] of best) best.set(size, Math.min(before, await passMs(size)));
  }
  const fastest = sizes.toSorted((a, b) => (best.get(a) ?? 0) - (best.get(b) ?? 0))[0] ?? 1;
  const pays = (best.get(fastest) ?? 0) <= worthwhile * (best.get(1) ?? 0);
  return { pack: pays ? fastest : 1, passMs: Object.fromEntries(best), batch: shape };
}

/** The sizes that run, up to the first that memory, or the device, refuses: no training fails of a pack alone. */
async function runnable(sizes: readonly number[], run: (size: number) => Promise<number>): Promise<readonly number[]> {
  for (const [index, size] of sizes.entries()) {
    try {
      await run(size);
    } catch {
      return sizes.slice(0, index);
    }
  }
  return sizes;
}

/** A training of so many instances; what comes of it is thrown away. */
function steppingOf({ engine, hyperparameters }: PackingMeasurement, instances: number): TrainingStep {
  const drawn = drawMasks(engine.layout, 0.5, (module) => stream(0, 'measure-packing', module));
  return { state: engine.initialState(0), instances: Array.from({ length: instances }, () => drawn), hyperparameters };
}
