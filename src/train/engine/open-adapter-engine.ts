import type { Graph } from '../../onnx/graph.ts';
import { demandFloat16 } from '../../runtime/devices/demand-float16.ts';
import type { DeviceProfile } from '../../runtime/devices/device-profile.ts';
import { deviceProfiles } from '../../runtime/devices/device-profiles.ts';
import { fitGraph } from '../../runtime/devices/fit-graph.ts';
import { folderForGraphs } from '../../runtime/folder-for-graphs.ts';
import { openGraph } from '../../runtime/graph-session.ts';
import type { BaseHead } from '../../sweep/vocabulary.ts';
import type {
  AdapterEngine,
  AdapterMasks,
  BatchLabels,
  EngineRequest,
  OpenAdapterEngine,
  SharedBatch,
  StepHyperparameters,
  StepResult,
  TokenBatch,
  TrainableLayout,
  TrainingState,
  TrainingStep,
} from './adapter-engine.ts';
import {
  type BatchSize,
  GradientPasses,
  type Pass,
  type PassBatch,
  type PassResult,
} from './passes/gradient-passes.ts';
import { GradientSum } from './passes/gradient-sum.ts';
import { initialParameters } from './initial-parameters.ts';
import { decideScale, initialLossScale } from './passes/loss-scale.ts';
import { demandMemory, estimateMemory, packThatFits } from './memory-estimate.ts';
import { microBatches } from './passes/micro-batches.ts';
import { Optimiser } from './optimiser.ts';
import { runBytes } from './memory-estimate.ts';
import { type EngineObjective, type EnginePlan, objectiveOf, planEngine } from './plan-engine.ts';
import { readNumericsClass } from './read-numerics-class.ts';
import { moduleRanks } from './graphs/trainable-layout.ts';
import { SharedBatches } from './passes/shared-batches.ts';
import { type Beginning, SharedBeginnings } from './passes/shared-beginnings.ts';
import { buildUpdateGraph } from './graphs/update-graph.ts';

export const openAdapterEngine: OpenAdapterEngine = (request) =>
  openEngineWithHead(request, objectiveOf(request.task, request.head));

/** As openAdapterEngine, with head and loss stated: the conformance vectors have more than sweep files. */
export async function openEngineWithHead(
  request: Omit<EngineRequest, 'task' | 'head'>,
  objective: EngineObjective,
): Promise<AdapterEngine> {
  const plan = planEngine(request, objective);
  const { opened, layout, method, scale } = plan;
  const device = deviceProfiles[request.device ?? 'cpu'];
  if (request.adapter.base_precision === 'float16') await demandFloat16(device.kind, process.env);
  const graphFolder = folderForGraphs(opened.folder, opened.weights.files);
  await opened.weights.complete(graphFolder);
  await plan.converted?.write(graphFolder);
  const options = { threads: request.threads };
  const profile = request.profilePrefix === undefined ? {} : { profilePrefix: request.profilePrefix };
  const open = (graph: Graph) =>
    openGraph({ graph, device, folder: graphFolder, options: { ...options, ...profile }, waiting: waitingInputs });
  const takes = (graph: Graph, batch: BatchSize) =>
    device.reservesRuns ? reserveShare * runBytes(fitGraph(graph, device).device, batch) : 0;
  const sharesBatches = device.kind === 'cpu';
  const passes = new GradientPasses(plan, { threads: request.threads, sharesBatches, open, takes });
  await passes.open();
  // The optimiser's vectors are the slot's own: its step is the CPU's on every device.
  const optimiser = new Optimiser(layout, (variant) =>
    openGraph({
      graph: buildUpdateGraph({ layout, method, scale, ...variant }),
      device: deviceProfiles.cpu,
      folder: null,
      options,
    }),
  );
  const beginnings = new SharedBeginnings(() => plan.beginnings(), open);
  const batches = sharesBatches ? new SharedBatches(plan, open) : null;
  return new OnnxAdapterEngine(plan, device, { passes, optimiser, beginnings, batches });
}

/**
 * Size of a run's block over that of the values in it: with 1.05 a second block was needed, 1.2 and more lay unused.
 */
const reserveShare = 1.1;

/** All that takes much memory depends on them, so it waits for a run's reserve. */
const waitingInputs = ['input_ids', 'parameters'];

/** The parts that an engine computes with. */
interface EngineParts {
  readonly passes: GradientPasses;
  readonly optimiser: Optimiser;
  readonly beginnings: SharedBeginnings;
  /** null: what models share would have to be the CPU's. */
  readonly batches: SharedBatches | null;
}

class OnnxAdapterEngine implements AdapterEngine {
  readonly layout: TrainableLayout;
  readonly numericsClass: string;
  readonly #plan: EnginePlan;
  readonly #device: DeviceProfile;
  readonly #passes: GradientPasses;
  readonly #optimiser: Optimiser;
  readonly #beginnings: SharedBeginnings;
  readonly #batches: SharedBatches | null;
  readonly #keepAll: AdapterMasks;

  constructor(plan: EnginePlan, device: DeviceProfile, { passes, optimiser, beginnings, batches }: EngineParts) {
    this.#beginnings = beginnings;
    this.#batches = batches;
    this.#plan = plan;
    this.#device = device;
    this.#passes = passes;
    this.#optimiser = optimiser;
    this.layout = plan.layout;
    this.numericsClass = readNumericsClass(device.kind);
    const ones = (size: 'inFeatures' | 'outFeatures') =>
      new Float32Array(this.layout.modules.reduce((sum, module) => sum + module[size], 0)).fill(1);
    const ranks = moduleRanks(this.layout).reduce((sum, rank) => sum + rank, 0);
    this.#keepAll = {
      input: ones('inFeatures'),
      output: ones('outFeatures'),
      ...(plan.masksRanks ? { rank: new Float32Array(ranks).fill(1) } : {}),
    };
  }

  initialState(seed: number, baseHead?: BaseHead): TrainingState {
    const parameters = initialParameters(this.#plan, seed, baseHead);
    const { length } = this.layout;
    const state = {
      parameters,
      firstMoment: new Float32Array(length),
      secondMoment: new Float32Array(length),
      step: 0,
    };
    return this.#plan.converted?.scalesLoss === true ? { ...state, lossScale: initialLossScale } : state;
  }

  async step(
    state: TrainingState,
    batch: TokenBatch,
    labels: BatchLabels,
    instances: readonly AdapterMasks[],
    hyperparameters: StepHyperparameters,
  ): Promise<StepResult> {
    const [result] = await this.stepTogether([{ state, instances, hyperparameters }], batch, labels, 1);
    if (result === undefined) throw new Error('one training steps');
    return result;
  }

  async stepTogether(
    trainings: readonly TrainingStep[],
    batch: TokenBatch,
    labels: BatchLabels,
    pack: number,
  ): Promise<readonly StepResult[]> {
    const rows = trainings[0]?.hyperparameters.microBatchRows ?? null;
    const parts = microBatches(batch, labels, rows, this.#plan.labelsTokens);
    const passes = trainings.flatMap(({ state: { parameters, lossScale = initialLossScale }, instances }) =>
      instances.map((masks) => ({ parameters, masks, lossScale: lossScale.scale })),
    );
    const gathered = trainings.map(({ instances }) => new GradientSum(instances.length));
    const owners = trainings.flatMap(({ instances }, training) => instances.map(() => gathered[training]));
    // A pass's micro-batches are added up before the next pass's: so many passes' gradients are held at once.
    const atOnce = parts.length === 1 ? passes.length : pack;
    for (let first = 0; first < passes.length; first += atOnce) {
      const together = passes.slice(first, first + atOnce);
      const results: (readonly PassResult[])[] = [];
      for (const part of parts) {
        results.push(await this.#passes.run(together, { ...part, updateScale: 1 }, pack));
      }
      together.forEach((_, member) => {
        parts.forEach(({ share }, part) => owners[first + member]?.add(results[part]?.[member], share));
      });
    }
    const stepped: StepResult[] = [];
    for (const [training, { state, hyperparameters }] of trainings.entries()) {
      const sum = gathered[training]?.gathered();
      if (sum !== undefined) stepped.push(await this.#optimiser.update(state, sum, hyperparameters));
    }
    return stepped;
  }

  async logits(
    parameters: Float32Array,
    batch: TokenBatch,
    masks: AdapterMasks | null,
    updateScale: number,
  ): Promise<Float32Array> {
    // Each session keeps the memory of its largest run: once several models have read together, one alone does as well.
    if (this.#batches?.isOpen === true) {
      return (await this.#batches.read(batch, this.#keepAll)).logits({ parameters, masks, updateScale });
    }
    const pass = { parameters, masks: masks ?? this.#keepAll, lossScale: 1 };
    return (await this.#pass(pass, { batch, labels: null, updateScale })).logits;
  }

  async share(batch: TokenBatch): Promise<SharedBatch> {
    if (this.#batches !== null) return this.#batches.read(batch, this.#keepAll);
    return { logits: ({ parameters, masks, updateScale }) => this.logits(parameters, batch, masks, updateScale) };
  }

  begin(
    parameters: Float32Array,
    ids: Int32Array,
    masks: AdapterMasks | null,
    updateScale: number,
  ): Promise<Beginning> {
    return this.#beginnings.read({ parameters, masks: masks ?? this.#keepAll, updateScale }, ids);
  }

  async gradient(parameters: Float32Array, batch: TokenBatch, labels: BatchLabels, masks: AdapterMasks | null) {
    let lossScale = initialLossScale;
    for (;;) {
      const pass = { parameters, masks: masks ?? this.#keepAll, lossScale: lossScale.scale };
      const { loss, gradient } = await this.#pass(pass, { batch, labels, updateScale: 1 });
      if (this.#plan.converted?.scalesLoss !== true) return { loss, gradient };
      const scaled = decideScale(lossScale, { loss, nonFinite: !gradient.every(Number.isFinite) });
      if (scaled.kind !== 'again') return { loss, gradient };
      ({ lossScale } = scaled);
    }
  }

  demandMemory(rows: number, length: number): void {
    const estimate = estimateMemory(this.#plan, this.#device, { rows, length });
    demandMemory(estimate, { rows, length }, this.#device);
    this.#passes.expect({ rows, length });
  }

  packThatFits(wanted: number, rows: number, length: number): number {
    return packThatFits(this.#plan, this.#device, { rows, length }, wanted);
  }

  async close(): Promise<void> {
    await this.#passes.close();
    await this.#optimiser.close();
    await this.#beginnings.close();
    await this.#batches?.close();
  }

  async #pass(pass: Pass, shared: PassBatch): Promise<PassResult> {
    const [result] = await this.#passes.run([pass], shared, 1);
    if (result === undefined) throw new Error('one pass gives one result');
    return result;
  }
}
