import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { sortedBatches } from '../../data/batches/epoch-batches.ts';
import { batchLabels, tokenBatch } from '../../data/batches/token-batch.ts';
import { stream } from '../../random/stream.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { TrainableLayout } from '../engine/adapter-engine.ts';
import type { ProbeRequest, TheoryConstants } from '../process/trainer-protocol.ts';
import type { WarmSlot } from './warm-slot.ts';

const PROBE_ROWS = 32;
/** δ of Theorem 4.4. */
const CONFIDENCE = 0.05;
/** Below this a curvature is rounding: the bound stays finite. */
const LEAST_CURVATURE = 1e-12;

const method =
  `${PROBE_ROWS} train rows by stream (seed, 'probe'), one at a time, on the frozen base with the initial head and an update of zero, ` +
  'no masks. loss_bound: largest loss, at least ln(classes). lipschitz: largest norm of a row’s loss gradient over ' +
  'the adapter. hessian_minimum: mean eigenvalue of the empirical Fisher matrix on the span of those gradients (mean ' +
  'squared norm / rows), standing in for the least Hessian eigenvalue, which is not measured. implicit_sparsity: half of it.';

/**
 * Estimates the constants of Theorem 4.4 once per sweep, before any training: they depend on base, task, train rows,
 * adapter shape and seed, never on p or λ. docs/complexity.md says what each estimate is worth.
 */
export async function probeTheory(request: ProbeRequest, slot: WarmSlot): Promise<TheoryConstants> {
  const { base, modelFolder, task, train, configuration, seed } = request;
  const engine = await slot.engine(base, modelFolder, task, configuration);
  const { max_length: maxLength } = configuration;
  const { datasetFile: file, inputsFolder } = request;
  const wanted = { base, modelFolder, task, dataset: train, file, inputsFolder, maxLength };
  const { inputs } = await slot.encoded(wanted);
  const { objective } = taskOf(task);
  const { labels: layout } = objective.loss(task, configuration);
  const { padId } = await slot.limits(base, modelFolder);
  const { parameters } = engine.initialState(seed);
  const chosen = stream(seed, 'probe').permutation(inputs.length).slice(0, PROBE_ROWS);
  const lengths = Array.from(chosen, (row) => inputs[row]?.ids.length ?? 0);
  let lossBound = objective.knownBound(task);
  let lipschitz = 0;
  let squares = 0;
  for (const { rows, length } of sortedBatches(lengths, 1)) {
    const batch = { rows: rows.map((row) => chosen[row] ?? 0), length };
    const labels = batchLabels(inputs, batch, layout);
    const { loss, gradient } = await engine.gradient(parameters, tokenBatch(inputs, batch, padId), labels, null);
    const square = adapterSquaredNorm(gradient, engine.layout);
    lossBound = Math.max(lossBound, loss);
    lipschitz = Math.max(lipschitz, Math.sqrt(square));
    squares += square;
    await turnOfEventLoop();
  }
  // The trace of the Fisher matrix is the mean squared norm; at most as many eigenvalues as rows are not zero.
  const curvature = Math.max(LEAST_CURVATURE, squares / chosen.length / chosen.length);
  return {
    loss_bound: lossBound,
    lipschitz,
    hessian_minimum: curvature,
    implicit_sparsity: curvature / 2,
    confidence: CONFIDENCE,
    train_rows: train.rows,
    method,
  };
}

function adapterSquaredNorm(gradient: Float32Array, layout: TrainableLayout): number {
  let sum = 0;
  for (const { name, offset, shape } of layout.tensors) {
    if (name.startsWith('head.')) continue;
    const end = offset + shape.reduce((product, size) => product * size, 1);
    for (let i = offset; i < end; i += 1) sum += (gradient[i] ?? 0) ** 2;
  }
  return sum;
}
