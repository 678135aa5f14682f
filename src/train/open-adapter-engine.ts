import { penaltyNames, type PenaltyName } from '../adapters/adapter-method.ts';
import type { HeadTask } from '../models/heads.ts';
import { demandLength } from '../models/demand-length.ts';
import { stream } from '../random/stream.ts';
import { folderForGraphs } from '../runtime/folder-for-graphs.ts';
import type { DeviceProfile } from '../runtime/devices/device-profile.ts';
import { deviceProfiles } from '../runtime/devices/device-profiles.ts';
import { type GraphSession, openGraph } from '../runtime/graph-session.ts';
import { Tensor } from '../runtime/open-session.ts';
import type {
  AdapterEngine,
  AdapterMasks,
  BatchLabels,
  EngineRequest,
  OpenAdapterEngine,
  StepHyperparameters,
  StepResult,
  TokenBatch,
  TrainableLayout,
  TrainingState,
} from './adapter-engine.ts';
import { demandMemory, estimateMemory } from './memory-estimate.ts';
import { microBatches } from './micro-batches.ts';
import { type EnginePlan, headTaskOf, planEngine } from './plan-engine.ts';
import { readNumericsClass } from './read-numerics-class.ts';
import { addInto, flat, floatsOf } from './session-tensors.ts';
import { isBias, tensorLength, tensorNamed } from './trainable-layout.ts';
import { buildUpdateGraph, type UpdateScalar, updateScalars } from './update-graph.ts';

export const openAdapterEngine: OpenAdapterEngine = (request) =>
  openEngineWithHead(request, headTaskOf(request.task, request.head));

/** As openAdapterEngine, with the head stated: the conformance vectors have more kinds than sweep files. */
export async function openEngineWithHead(request: Omit<EngineRequest, 'task'>, task: HeadTask): Promise<AdapterEngine> {
  const plan = planEngine(request, task);
  const { opened, layout, method, scale } = plan;
  const device = deviceProfiles[request.device ?? 'cpu'];
  const graphFolder = folderForGraphs(opened.folder);
  await opened.weights.complete(graphFolder);
  await plan.quantised?.write(graphFolder);
  const options = { threads: request.threads };
  const profile = request.profilePrefix === undefined ? {} : { profilePrefix: request.profilePrefix };
  return new OnnxAdapterEngine({
    plan,
    device,
    gradient: await openGraph({
      graph: plan.gradient,
      device,
      folder: opened.folder,
      options: { ...options, ...profile },
    }),
    // The optimiser's vectors are the slot's own: its step is the CPU's on every device.
    openUpdate: (penalties) =>
      openGraph({
        graph: buildUpdateGraph({ layout, method, scale, penalties }),
        device: deviceProfiles.cpu,
        folder: null,
        options,
      }),
  });
}

interface EngineParts {
  readonly plan: EnginePlan;
  readonly device: DeviceProfile;
  readonly gradient: GraphSession;
  openUpdate(penalties: readonly PenaltyName[]): Promise<GraphSession>;
}

interface PassResult {
  readonly logits: Float32Array;
  readonly loss: number;
  readonly gradient: Float32Array;
}

class OnnxAdapterEngine implements AdapterEngine {
  readonly layout: TrainableLayout;
  readonly numericsClass: string;
  readonly #parts: EngineParts;
  readonly #updates = new Map<string, Promise<GraphSession>>();
  readonly #decayMasks = new Map<boolean, Float32Array>();
  readonly #keepAll: AdapterMasks;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.layout = parts.plan.layout;
    this.numericsClass = readNumericsClass(parts.device.kind);
    const ones = (size: 'inFeatures' | 'outFeatures') =>
      new Float32Array(this.layout.modules.reduce((sum, module) => sum + module[size], 0)).fill(1);
    this.#keepAll = { input: ones('inFeatures'), output: ones('outFeatures') };
  }

  initialState(seed: number): TrainingState {
    const parameters = new Float32Array(this.layout.length);
    const { method, opened } = this.#parts.plan;
    const { encoder, weights } = opened;
    for (const module of this.layout.modules) {
      for (const part of method.parts) {
        const { shape, offset } = tensorNamed(this.layout, `${module.name}.${part.name}`);
        parameters.set(part.initial(seed, module.name, shape), offset);
      }
    }
    for (const tensor of this.layout.tensors) {
      if (!tensor.name.startsWith('head.')) continue;
      const name = tensor.name.slice('head.'.length);
      if (weights.has(name)) parameters.set(weights.read(name, tensor.shape), tensor.offset);
      else if (!isBias(tensor)) {
        parameters.set(drawHead(seed, name, tensorLength(tensor), encoder.initializerRange), tensor.offset);
      }
    }
    const { length } = this.layout;
    return { parameters, firstMoment: new Float32Array(length), secondMoment: new Float32Array(length), step: 0 };
  }

  async step(
    state: TrainingState,
    batch: TokenBatch,
    labels: BatchLabels,
    instances: readonly AdapterMasks[],
    hyperparameters: StepHyperparameters,
  ): Promise<StepResult> {
    let dataLoss = 0;
    let sum: Float32Array | null = null;
    const parts = microBatches(batch, labels, hyperparameters.microBatchRows, this.#parts.plan.labelsTokens);
    for (const masks of instances) {
      for (const part of parts) {
        const { loss, gradient } = await this.#pass(state.parameters, part.batch, part.labels, masks, 1);
        dataLoss += (loss * part.share) / instances.length;
        const own = part.share === 1 ? gradient : gradient.map((value) => value * part.share);
        sum = sum === null ? own : addInto(sum, own);
      }
    }
    if (sum === null) throw new RangeError('a step needs at least one instance');
    return this.#update(state, sum, dataLoss, instances.length, hyperparameters);
  }

  async logits(
    parameters: Float32Array,
    batch: TokenBatch,
    masks: AdapterMasks | null,
    updateScale: number,
  ): Promise<Float32Array> {
    return (await this.#pass(parameters, batch, null, masks ?? this.#keepAll, updateScale)).logits;
  }

  async gradient(parameters: Float32Array, batch: TokenBatch, labels: BatchLabels, masks: AdapterMasks | null) {
    const { loss, gradient } = await this.#pass(parameters, batch, labels, masks ?? this.#keepAll, 1);
    return { loss, gradient };
  }

  demandMemory(rows: number, length: number): void {
    const { plan, device } = this.#parts;
    demandMemory(estimateMemory(plan, device, { rows, length }), { rows, length }, device);
  }

  async close(): Promise<void> {
    await this.#parts.gradient.close();
    for (const update of this.#updates.values()) await (await update).close();
  }

  /** @param labels null: evaluation, with an empty gradient */
  async #pass(
    parameters: Float32Array,
    batch: TokenBatch,
    labels: BatchLabels | null,
    masks: AdapterMasks,
    updateScale: number,
  ): Promise<PassResult> {
    demandLength(batch.length, this.#parts.plan.opened.encoder.tokenLimit);
    const tokens = (data: BigInt64Array) => new Tensor('int64', data, [batch.rows, batch.length]);
    const outputs = await this.#parts.gradient.run({
      training: new Tensor('bool', [labels !== null], []),
      input_ids: tokens(batch.inputIds),
      attention_mask: tokens(batch.attentionMask),
      token_type_ids: tokens(batch.tokenTypeIds),
      labels: this.#labels(labels, batch),
      parameters: flat(parameters),
      input_masks: flat(masks.input),
      output_masks: flat(masks.output),
      update_scale: new Tensor('float32', [updateScale], []),
    });
    const [logits, loss, gradient] = outputs.map(floatsOf);
    if (logits === undefined || loss === undefined || gradient === undefined)
      throw new Error('a step has three outputs');
    return { logits, loss: loss[0] ?? Number.NaN, gradient };
  }

  #labels(labels: BatchLabels | null, { rows, length }: TokenBatch): Tensor {
    const { type, columns: second } = this.#parts.plan.labels;
    const columns = second === 1 ? [rows] : [rows, second === 'tokens' ? length : second];
    const count = columns.reduce((product, size) => product * size, 1);
    if (type === 'float') {
      const data = labels === null ? new Float32Array(count) : Float32Array.from(labels, Number);
      return new Tensor('float32', data, columns);
    }
    return new Tensor('int64', labels instanceof BigInt64Array ? labels : new BigInt64Array(count), columns);
  }

  async #update(
    state: TrainingState,
    gradientSum: Float32Array,
    dataLoss: number,
    instances: number,
    hyper: StepHyperparameters,
  ): Promise<StepResult> {
    const step = state.step + 1;
    const p = hyper.dropoutRate;
    const values: Record<UpdateScalar, number> = {
      inverse_instances: 1 / instances,
      sparsity_coefficient: hyper.sparsity * (2 * p - p * p),
      orthogonality_coefficient: hyper.orthogonality,
      learning_rate: hyper.learningRate,
      weight_decay: hyper.weightDecay,
      beta1: hyper.beta1,
      beta2: hyper.beta2,
      epsilon: hyper.epsilon,
      bias_correction1: 1 - hyper.beta1 ** step,
      root_bias_correction2: Math.sqrt(1 - hyper.beta2 ** step),
      clip_norm: hyper.clipNorm ?? Number.MAX_VALUE,
    };
    const penalties = penaltyNames.filter((name) => values[`${name}_coefficient`] !== 0);
    const session = await this.#updateSession(penalties);
    const outputs = await session.run({
      parameters: flat(state.parameters),
      first_moment: flat(state.firstMoment),
      second_moment: flat(state.secondMoment),
      gradient_sum: flat(gradientSum),
      decay_mask: flat(this.#decayMask(hyper.decayBiases)),
      data_loss: new Tensor('float32', [dataLoss], []),
      scalars: new Tensor(
        'float32',
        Float32Array.from(updateScalars, (name) => Math.min(values[name], 3e38)),
      ),
    });
    const [parameters, firstMoment, secondMoment, norm] = outputs.slice(0, 4).map(floatsOf);
    if (parameters === undefined || firstMoment === undefined || secondMoment === undefined) {
      throw new Error('an update has five outputs or more');
    }
    const last = outputs.slice(5).map(floatsOf);
    const penalty = (name: PenaltyName) => (penalties.includes(name) ? (last[penalties.indexOf(name)]?.[0] ?? 0) : 0);
    const [sparsityPenalty, orthogonalityPenalty] = [penalty('sparsity'), penalty('orthogonality')];
    const finite = outputs[4]?.data[0] === 1;
    return {
      state: { parameters, firstMoment, secondMoment, step: finite ? step : state.step },
      loss: dataLoss + sparsityPenalty + orthogonalityPenalty,
      dataLoss,
      sparsityPenalty,
      orthogonalityPenalty,
      gradientNorm: norm?.[0] ?? Number.NaN,
      gradient: last[penalties.length] ?? null,
      nonFinite: !finite,
    };
  }

  #updateSession(penalties: readonly PenaltyName[]): Promise<GraphSession> {
    const key = penalties.join('+');
    const known = this.#updates.get(key) ?? this.#parts.openUpdate(penalties);
    this.#updates.set(key, known);
    return known;
  }

  #decayMask(decayBiases: boolean): Float32Array {
    const known = this.#decayMasks.get(decayBiases);
    if (known !== undefined) return known;
    const mask = new Float32Array(this.layout.length).fill(1);
    for (const tensor of this.layout.tensors) {
      if (!decayBiases && isBias(tensor)) mask.fill(0, tensor.offset, tensor.offset + tensorLength(tensor));
    }
    this.#decayMasks.set(decayBiases, mask);
    return mask;
  }
}

function drawHead(seed: number, name: string, count: number, deviation: number): Float32Array {
  return Float32Array.from(stream(seed, 'initial', 'head', name).normals(count), (value) => value * deviation);
}
