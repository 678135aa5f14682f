import { formatCount } from '../../base/format-count.ts';
import { DropsweepError } from '../../base/errors.ts';
import { branchOf } from '../../onnx/parts/branch-of.ts';
import { inExecutionOrder } from '../../onnx/rewrites/execution-order.ts';
import type { Graph } from '../../onnx/graph.ts';
import { peakBytes } from '../../onnx/sizes/peak-memory.ts';
import type { DeviceProfile } from '../../runtime/devices/device-profile.ts';
import { fitGraph } from '../../runtime/devices/fit-graph.ts';
import type { EvaluationSize } from '../segments/evaluation-batches.ts';
import type { EnginePlan } from './plan-engine.ts';

/** Bytes that one slot takes at the peak of its work: a training step, or an evaluation. */
export interface MemoryEstimate {
  /** Node.js and onnxruntime with their libraries. */
  readonly program: number;
  /** The frozen base, in each copy that the device makes; on the CPU one, mapped and shared by slots. */
  readonly weights: number;
  /** The flat vectors: parameters, moments, gradients. */
  readonly state: number;
  /**
   * Values between the nodes of one pass, at their peak: the largest pass of each session, for a session keeps its
   * memory.
   */
  readonly activations: number;
  /** Rows that are evaluated, and their tokens. */
  readonly rows: number;
  readonly total: number;
}

const mebibyte = 2 ** 20;

/** Measured with the smallest model; most of it is the libraries' code. */
const programBytes = 150 * mebibyte;

/** Size of the arena's blocks over that of the values in them, pieces of values included: up to 26 % more was met. */
const arenaShare = 1.27;

/** The same of evaluations, which reserve no block: the arena grows with them. Up to 47 % was met. */
const growingShare = 1.5;

/** Parameters, two moments, the gradient of a pass and the sum of those; each old and new. */
const flatVectors = 10;

/** Inputs of the graph are the batch's; the widest rows decide. */
export interface LargestBatch {
  /** Rows of one pass: the batch's, or a micro-batch's. */
  readonly rows: number;
  readonly length: number;
  /** N; absent: 1. Several passes in turn have sessions of their own, beside the one that evaluates. */
  readonly instances?: number;
}

/** The memory that evaluations ask for besides a training. */
export interface EvaluationDemand {
  /** Of the training's own task. */
  readonly sizes: readonly EvaluationSize[];
  /** Values of the sessions of another task's engine, as `evaluationBytes` has them. */
  readonly others: number;
  /** Several passes over the same rows, which have sessions of their own; absent: one. */
  readonly several?: boolean;
  /** Bytes of rows and tokens. */
  readonly rows: number;
}

/** Bytes that the values of a graph without branches, fitted to its device, take at the peak of a run. */
export function runBytes(fitted: Graph, { rows, length, shared = 0 }: RunSize): number {
  return peakBytes(inExecutionOrder(fitted), { batch: rows, tokens: length, kept: rows * length, past: shared });
}

/** A training's batch, or an evaluation's. */
type RunSize = Pick<LargestBatch, 'rows' | 'length'> & Partial<Pick<EvaluationSize, 'shared'>>;

/** Values between the nodes of an engine that evaluates alone: of each of its sessions, the largest pass. */
export function evaluationBytes(plan: EnginePlan, device: DeviceProfile, sizes: readonly EvaluationSize[]): number {
  return Math.round(growingShare * (evaluatedAlone(plan, device, sizes) + evaluatedBehind(plan, device, sizes)));
}

/** The largest pass over rows that share nothing. */
function evaluatedAlone(plan: EnginePlan, device: DeviceProfile, sizes: readonly EvaluationSize[]): number {
  const alone = sizes.filter(({ shared }) => shared === 0);
  if (alone.length === 0) return 0;
  const { device: fitted } = fitGraph(branchOf(plan.gradient, false), device);
  return Math.max(...alone.map((size) => runBytes(fitted, size)));
}

/** The longest beginning, and the largest pass behind one. */
function evaluatedBehind(plan: EnginePlan, device: DeviceProfile, sizes: readonly EvaluationSize[]): number {
  const shared = sizes.filter((size) => size.shared > 0);
  if (shared.length === 0) return 0;
  const graphs = plan.beginnings();
  const beginning = fitGraph(graphs.beginning, device).device;
  const behind = fitGraph(graphs.behind, device).device;
  return (
    Math.max(...shared.map((size) => runBytes(beginning, { rows: 1, length: size.shared }))) +
    Math.max(...shared.map((size) => runBytes(behind, size)))
  );
}

/**
 * From the step graph's values by the time that each lives. Whole processes took 83 to 98 % of it (MiniLM-L6,
 * BERT-base, DeBERTa-v3-base).
 * @param pack passes that are run at once
 * @param evaluations absent: of rows as long and as many at once as a training step's
 * @throws DEVICE_UNSUITABLE where the device lacks an operator of the graph
 */
export function estimateMemory(
  plan: EnginePlan,
  device: DeviceProfile,
  batch: LargestBatch,
  pack: number = 1,
  evaluations?: EvaluationDemand,
): MemoryEstimate {
  const { layout } = plan;
  const gradient = pack === 1 ? plan.gradient : plan.packedGradient(pack);
  const step = arenaShare * runBytes(fitGraph(branchOf(gradient, true), device).device, batch);
  const { sizes, others, rows, several } = evaluations ?? {
    sizes: [{ ...batch, shared: 0 }],
    others: 0,
    rows: 0,
    several: false,
  };
  const evaluated = growingShare * evaluatedAlone(plan, device, sizes);
  // Several passes in turn have sessions of their own, beside the one that evaluates, or that steps.
  const own = (batch.instances ?? 1) > 1 || several === true ? step + evaluated : Math.max(step, evaluated);
  const activations = Math.round(own + growingShare * evaluatedBehind(plan, device, sizes)) + others;
  const frozen = gradient.initializers.reduce((sum, { data }) => sum + ('location' in data ? data.length : 0), 0);
  const weights = frozen * Math.max(1, device.weightCopies);
  const state = pack * flatVectors * 4 * layout.length;
  return {
    program: programBytes,
    weights,
    state,
    activations,
    rows,
    total: programBytes + weights + state + activations + rows,
  };
}

/**
 * @param available null: the device cannot say, and nothing is refused
 * @param remarks what else is known of the plan
 * @throws DEVICE_UNSUITABLE where one slot alone would need more
 */
export function demandMemory(
  estimate: MemoryEstimate,
  { rows, length }: LargestBatch,
  device: DeviceProfile,
  available: number | null = device.memoryBytes(),
  remarks: readonly string[] = [],
): void {
  if (available === null || estimate.total <= available) return;
  const { total, weights, activations } = estimate;
  throw new DropsweepError('DEVICE_UNSUITABLE', `the plan needs more memory than the device ${device.kind} has`, {
    where: `a pass of ${formatCount(rows, 'row')} of ${formatCount(length, 'token')}`,
    got: [
      `${inMebibytes(total)} estimated: weights ${inMebibytes(weights)}, activations ${inMebibytes(activations)}`,
      ...remarks,
    ].join('; '),
    expected: `at most ${inMebibytes(available)}`,
    fix: 'lower micro_batch_size, batch_size or max_length, choose a smaller base, or a device with more memory',
  });
}

/** The largest pack, halving from `wanted`, that the device's memory holds; 1 where none does. */
export function packThatFits(plan: EnginePlan, device: DeviceProfile, batch: LargestBatch, wanted: number): number {
  const available = device.memoryBytes();
  if (available === null) return wanted;
  let pack = wanted;
  while (pack > 1 && estimateMemory(plan, device, batch, pack).total > available) pack >>= 1;
  return pack;
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / mebibyte)} MiB`;
}
