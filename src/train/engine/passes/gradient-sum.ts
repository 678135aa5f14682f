import type { PassResult } from './gradient-passes.ts';
import type { GatheredGradient } from '../optimiser.ts';
import { addInto } from './session-tensors.ts';

/** Gradients and losses of one training's passes, added up in the order in which they come. */
export class GradientSum {
  readonly #instances: number;
  #sum: Float32Array | null = null;
  #dataLoss = 0;

  constructor(instances: number) {
    this.#instances = instances;
  }

  /** @param share what a micro-batch counts for in its batch */
  add(pass: PassResult | undefined, share: number): void {
    if (pass === undefined) throw new Error('every pass gives a result');
    this.#dataLoss += (pass.loss * share) / this.#instances;
    const own = share === 1 ? pass.gradient : pass.gradient.map((value) => value * share);
    this.#sum = this.#sum === null ? own : addInto(this.#sum, own);
  }

  gathered(): GatheredGradient {
    if (this.#sum === null) throw new RangeError('a step needs at least one instance');
    return { sum: this.#sum, instances: this.#instances, dataLoss: this.#dataLoss };
  }
}
