import { present } from '../../base/defect.ts';
import { penaltyNames, type PenaltyName } from '../../adapters/adapter-method.ts';
import type { GraphSession } from '../../runtime/graph-session.ts';
import { Tensor } from '../../runtime/open-session.ts';
import type { StepHyperparameters, StepResult, TrainableLayout, TrainingState } from './adapter-engine.ts';
import { flat, floatsOf } from './passes/session-tensors.ts';
import { isBias, isOfHead, tensorLength } from './graphs/trainable-layout.ts';
import { type UpdateGraphRequest, type UpdateScalar, updateScalars } from './graphs/update-graph.ts';

/** The gradient that a training's passes gave. */
export interface GatheredGradient {
  /** Of all instances. */
  readonly sum: Float32Array;
  readonly instances: number;
  /** Mean over the instances. */
  readonly dataLoss: number;
}

type UpdateVariant = Pick<UpdateGraphRequest, 'penalties' | 'scalesRates'>;
type OpenUpdate = (variant: UpdateVariant) => Promise<GraphSession>;

/** The update's sessions, one for each set of penalties that is met, with one rate or the head's apart. */
export class Optimiser {
  readonly #layout: TrainableLayout;
  readonly #open: OpenUpdate;
  readonly #updates = new Map<string, Promise<GraphSession>>();
  readonly #decayMasks = new Map<boolean, Float32Array>();
  readonly #rateScales = new Map<number, Float32Array>();

  constructor(layout: TrainableLayout, open: OpenUpdate) {
    this.#layout = layout;
    this.#open = open;
  }

  /** Mean, penalties, clipping, AdamW: see update-graph.ts. */
  async update(
    state: TrainingState,
    { sum, instances, dataLoss }: GatheredGradient,
    hyper: StepHyperparameters,
  ): Promise<StepResult> {
    const step = state.step + 1;
    const values: Record<UpdateScalar, number> = {
      inverse_instances: 1 / instances,
      sparsity_coefficient: hyper.sparsity * hyper.droppedShare,
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
    const session = await this.#updateSession({ penalties, scalesRates: hyper.headRate !== null });
    const outputs = await session.run({
      parameters: flat(state.parameters),
      first_moment: flat(state.firstMoment),
      second_moment: flat(state.secondMoment),
      gradient_sum: flat(sum),
      decay_mask: flat(this.#decayMask(hyper.decayBiases)),
      ...(hyper.headRate === null ? {} : { rate_scale: flat(this.#rateScale(hyper.headRate)) }),
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
    const penalty = (name: PenaltyName) =>
      penalties.includes(name) ? present(last[penalties.indexOf(name)]?.[0], `the penalty on ${name}`) : 0;
    const [sparsityPenalty, orthogonalityPenalty] = [penalty('sparsity'), penalty('orthogonality')];
    const finite = outputs[4]?.data[0] === 1;
    return {
      state: { parameters, firstMoment, secondMoment, step: finite ? step : state.step },
      loss: dataLoss + sparsityPenalty + orthogonalityPenalty,
      dataLoss,
      sparsityPenalty,
      orthogonalityPenalty,
      gradientNorm: present(norm?.[0], 'the norm of the gradient'),
      gradient: last[penalties.length] ?? null,
      nonFinite: !finite,
    };
  }

  async close(): Promise<void> {
    for (const update of this.#updates.values()) await (await update).close();
  }

  #updateSession(variant: UpdateVariant): Promise<GraphSession> {
    const key = JSON.stringify(variant);
    const known = this.#updates.get(key) ?? this.#open(variant);
    this.#updates.set(key, known);
    return known;
  }

  #rateScale(headRate: number): Float32Array {
    const known = this.#rateScales.get(headRate);
    if (known !== undefined) return known;
    const scale = new Float32Array(this.#layout.length).fill(1);
    for (const tensor of this.#layout.tensors) {
      if (isOfHead(tensor)) scale.fill(headRate, tensor.offset, tensor.offset + tensorLength(tensor));
    }
    // One training after another has its own: none but the last is needed again.
    this.#rateScales.clear();
    this.#rateScales.set(headRate, scale);
    return scale;
  }

  #decayMask(decayBiases: boolean): Float32Array {
    const known = this.#decayMasks.get(decayBiases);
    if (known !== undefined) return known;
    const mask = new Float32Array(this.#layout.length).fill(1);
    for (const tensor of this.#layout.tensors) {
      if (!decayBiases && isBias(tensor)) mask.fill(0, tensor.offset, tensor.offset + tensorLength(tensor));
    }
    this.#decayMasks.set(decayBiases, mask);
    return mask;
  }
}
