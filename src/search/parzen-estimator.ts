import type { RandomStream } from '../random/stream.ts';
import type { AxisCoordinates, Dimension } from './axis-coordinates.ts';
import type { SpacePoint } from './sampler.ts';
import type { SpaceAxis } from './space-axes.ts';

/** Observations that keep their full weight; older ones fall linearly (Optuna's). */
const fullWeight = 25;

/**
 * A density over points: a mixture with one component for each observation and one for the prior, each a product over
 * the axes. A number has a normal truncated to its axis, laid out on [0, 1] by its scale (a list by its order); a named
 * value has its own weight. What a point does not have (an axis that does not apply to it) is uniform.
 */
export class ParzenEstimator {
  readonly #coordinates: AxisCoordinates;
  readonly #dimensions: readonly Dimension[];
  /** [components] of the mixture; the last is the prior's. */
  readonly #weights: readonly number[];
  readonly #logWeights: Float64Array;
  /** [components, dimensions] means of normals, or numbers of named values; NaN: the observation has none. */
  readonly #centres: Float64Array;
  /** [components, dimensions] of normals. */
  readonly #widths: Float64Array;
  /** [components, dimensions] logarithm of what a normal is divided by. */
  readonly #logDivisors: Float64Array;

  constructor(coordinates: AxisCoordinates, observations: readonly SpacePoint[]) {
    this.#coordinates = coordinates;
    this.#dimensions = coordinates.dimensions;
    this.#weights = componentWeights(observations.length);
    this.#logWeights = Float64Array.from(this.#weights, Math.log);
    const components = observations.length + 1;
    const size = components * this.#dimensions.length;
    this.#centres = new Float64Array(size).fill(Number.NaN);
    this.#widths = new Float64Array(size).fill(priorWidth);
    this.#logDivisors = new Float64Array(size);
    const at = observations.map((point) => coordinates.of(point));
    this.#dimensions.forEach((dimension, index) => this.#layOut(dimension, index, at));
  }

  #layOut({ named }: Dimension, index: number, observations: readonly Float64Array[]): void {
    const at = new Float64Array(observations.length);
    for (let each = 0; each < at.length; each += 1) at[each] = observations[each]?.[index] ?? Number.NaN;
    const widths = named ? null : widthsOf(at);
    const [centres, ownWidths, logDivisors] = [this.#centres, this.#widths, this.#logDivisors];
    const stride = this.#dimensions.length;
    for (let component = 0, place = index; component <= at.length; component += 1, place += stride) {
      const isPrior = component === at.length;
      const around = at[component] ?? Number.NaN;
      const centre = isPrior && !named ? priorMean : around;
      const width = isPrior || Number.isNaN(around) ? priorWidth : (widths?.[component] ?? priorWidth);
      centres[place] = centre;
      ownWidths[place] = width;
      logDivisors[place] = named || Number.isNaN(centre) ? 0 : logDivisor(centre, width);
    }
  }

  /** A point of the density. */
  draw(source: RandomStream): SpacePoint {
    const component = pick(this.#weights, source);
    const coordinates = this.#dimensions.map((dimension, index) =>
      this.#drawCoordinate(dimension, component * this.#dimensions.length + index, source),
    );
    return this.#coordinates.pointAt(coordinates);
  }

  logDensity(point: SpacePoint): number {
    const at = this.#coordinates.of(point);
    const terms = new Float64Array(this.#logWeights);
    this.#dimensions.forEach((dimension, index) => {
      const where = at[index] ?? Number.NaN;
      if (Number.isNaN(where)) return;
      if (dimension.named) this.#addChoice(terms, dimension, index, where);
      else this.#addNormal(terms, index, where);
    });
    let greatest = Number.NEGATIVE_INFINITY;
    for (let component = 0; component < terms.length; component += 1) {
      const term = terms[component] ?? greatest;
      if (term > greatest) greatest = term;
    }
    let sum = 0;
    for (let component = 0; component < terms.length; component += 1) {
      const term = terms[component] ?? greatest;
      // What is below 2⁻⁵³ of the greatest changes nothing worth its exponential.
      if (term > greatest - 37) sum += Math.exp(term - greatest);
    }
    return greatest + Math.log(sum);
  }

  /** Where an observation has no such axis its component is uniform there: on [0, 1], nothing is added. */
  #addNormal(terms: Float64Array, index: number, where: number): void {
    const stride = this.#dimensions.length;
    // The innermost loop: fields of the object are read once.
    const [centres, widths, logDivisors] = [this.#centres, this.#widths, this.#logDivisors];
    for (let component = 0, place = index; component < terms.length; component += 1, place += stride) {
      const centre = centres[place] ?? Number.NaN;
      if (Number.isNaN(centre)) continue;
      const off = (where - centre) / (widths[place] ?? priorWidth);
      terms[component] = (terms[component] ?? 0) - 0.5 * off * off - (logDivisors[place] ?? 0);
    }
  }

  #addChoice(terms: Float64Array, { axis }: Dimension, index: number, where: number): void {
    const { chosen, other, none } = this.#choiceWeights(axis);
    const logs = [chosen, other, none].map(Math.log);
    for (let component = 0; component < terms.length; component += 1) {
      const centre = this.#centres[component * this.#dimensions.length + index] ?? Number.NaN;
      const which = Number.isNaN(centre) ? 2 : centre === where ? 0 : 1;
      terms[component] = (terms[component] ?? 0) + (logs[which] ?? 0);
    }
  }

  /** One observation counts as much as the prior spread over all components. */
  #choiceWeights({ values }: SpaceAxis) {
    const spread = 1 / this.#weights.length;
    const total = 1 + values.length * spread;
    return { chosen: (1 + spread) / total, other: spread / total, none: 1 / values.length };
  }

  #drawCoordinate({ axis, named }: Dimension, place: number, source: RandomStream): number {
    const centre = this.#centres[place] ?? Number.NaN;
    if (named) {
      const { chosen, other, none } = this.#choiceWeights(axis);
      const weights = axis.values.map((_, value) => (Number.isNaN(centre) ? none : value === centre ? chosen : other));
      return pick(weights, source);
    }
    const mean = Number.isNaN(centre) ? priorMean : centre;
    const width = this.#widths[place] ?? priorWidth;
    // At least a third of the draws around a mean within [0, 1] fall within it.
    for (let tried = 0; tried < 64; tried += 1) {
      const share = mean + width * (source.normals(1)[0] ?? 0);
      if (share >= 0 && share < 1) return share;
    }
    return mean;
  }
}

/** The prior's normal is as wide as the axis. */
const priorMean = 0.5;
const priorWidth = 1;

/** Of a normal truncated to [0, 1]. */
function logDivisor(mean: number, width: number): number {
  const mass = normalBelow((1 - mean) / width) - normalBelow(-mean / width);
  return Math.log(width * Math.sqrt(2 * Math.PI) * mass);
}

/** How far each is from the farther of its two neighbours (Optuna's), within bounds that fall with their number. */
function widthsOf(coordinates: Float64Array): Float64Array {
  const ascending = coordinates.filter((at) => !Number.isNaN(at)).sort();
  const least = 1 / Math.min(100, 2 + coordinates.length);
  const widths = new Float64Array(coordinates.length).fill(priorWidth);
  /** Of equal ones, how many have their place: they stand in the order of observations. */
  const placed = new Int32Array(ascending.length);
  for (let index = 0; index < coordinates.length; index += 1) {
    const at = coordinates[index] ?? Number.NaN;
    if (Number.isNaN(at)) continue;
    const first = firstNotBelow(ascending, at);
    const place = first + (placed[first] ?? 0);
    placed[first] = (placed[first] ?? 0) + 1;
    const below = place === 0 ? undefined : ascending[place - 1];
    const above = ascending[place + 1];
    const alone = below === undefined && above === undefined;
    const toBelow = below === undefined ? (alone ? at : 0) : at - below;
    const toAbove = above === undefined ? (alone ? 1 - at : 0) : above - at;
    widths[index] = Math.min(1, Math.max(least, toBelow, toAbove));
  }
  return widths;
}

function firstNotBelow(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rising linearly to the newest observations, which have 1, as the prior does, the last. */
function componentWeights(observations: number): readonly number[] {
  const ramp = Math.max(0, observations - fullWeight);
  const weights = Array.from({ length: observations }, (_, index) =>
    index >= ramp ? 1 : (1 + index * (observations - 1) * (1 / Math.max(1, ramp))) / observations,
  );
  weights.push(1);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function pick(weights: readonly number[], source: RandomStream): number {
  let left = (source.uniforms(1)[0] ?? 0) * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

/** Share of the standard normal distribution below x (Abramowitz and Stegun 7.1.26: within 1.5e-7). */
function normalBelow(x: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const erf = 1 - series * Math.exp((-x * x) / 2);
  return 0.5 * (1 + (x < 0 ? -erf : erf));
}
