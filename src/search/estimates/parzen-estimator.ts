import type { RandomStream } from '../../random/stream.ts';
import type { AxisCoordinates, Dimension } from '../space/axis-coordinates.ts';
import type { PointColumn, PointColumns } from '../space/point-columns.ts';
import type { SpacePoint } from '../sampler.ts';
import type { SpaceAxis } from '../space/space-axes.ts';

/** Observations that keep their full weight; older ones fall linearly (Optuna's). */
const fullWeight = 25;

/** Of a mixture, on one axis: [components] each. */
interface Components {
  /** Means of normals, or numbers of named values; NaN: the observation has none. */
  readonly centres: Float64Array;
  /** Of normals. */
  readonly widths: Float64Array;
  /** Logarithm of what a normal is divided by. */
  readonly logDivisors: Float64Array;
  /** Some observation of a number has none. */
  readonly gaps: boolean;
}

/**
 * A density over points: a mixture with one component for each observation and one for the prior, each a product over
 * the axes. A number has a normal truncated to its axis, laid out on [0, 1] by its scale (a list by its order); a named
 * value has its own weight. What a point does not have (an axis that does not apply to it) is uniform.
 */
export class ParzenEstimator {
  readonly #coordinates: AxisCoordinates;
  readonly #dimensions: readonly Dimension[];
  /** [components] of the mixture; the last is the prior's. */
  readonly #weights: Float64Array;
  readonly #logWeights: Float64Array;
  /** Of each dimension. */
  readonly #components: readonly Components[];

  /** @param observations numbers of the points that it is of, in their order */
  constructor(points: PointColumns, observations: Int32Array) {
    this.#coordinates = points.coordinates;
    this.#dimensions = points.coordinates.dimensions;
    this.#weights = componentWeights(observations.length);
    this.#logWeights = this.#weights.map(Math.log);
    const componentOf = new Int32Array(points.size).fill(-1);
    observations.forEach((number, component) => {
      componentOf[number] = component;
    });
    this.#components = points.columns.map((column, dimension) => {
      const named = this.#dimensions[dimension]?.named === true;
      return layOut(column, { observations, componentOf, named });
    });
  }

  /** A point of the density. */
  draw(source: RandomStream): SpacePoint {
    const component = pick(this.#weights, source);
    const coordinates = this.#dimensions.map((dimension, index) =>
      this.#drawCoordinate(dimension, { of: this.#components[index], component }, source),
    );
    return this.#coordinates.pointAt(coordinates);
  }

  logDensity(point: SpacePoint): number {
    const at = this.#coordinates.of(point);
    const terms = new Float64Array(this.#logWeights);
    this.#dimensions.forEach((dimension, index) => {
      const where = at[index] ?? Number.NaN;
      const components = this.#components[index];
      if (Number.isNaN(where) || components === undefined) return;
      if (dimension.named) this.#addChoice(terms, dimension, components, where);
      else addNormal(terms, components, where);
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

  #addChoice(terms: Float64Array, { axis }: Dimension, { centres }: Components, where: number): void {
    const { chosen, other, none } = this.#choiceWeights(axis);
    const logs = [chosen, other, none].map(Math.log);
    for (let component = 0; component < terms.length; component += 1) {
      const centre = centres[component] ?? Number.NaN;
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

  #drawCoordinate(
    { axis, named }: Dimension,
    { of, component }: { readonly of: Components | undefined; readonly component: number },
    source: RandomStream,
  ): number {
    const centre = of?.centres[component] ?? Number.NaN;
    if (named) {
      const { chosen, other, none } = this.#choiceWeights(axis);
      const weights = axis.values.map((_, value) => (Number.isNaN(centre) ? none : value === centre ? chosen : other));
      return pick(weights, source);
    }
    const mean = Number.isNaN(centre) ? priorMean : centre;
    const width = of?.widths[component] ?? priorWidth;
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

interface Observed {
  readonly observations: Int32Array;
  /** [points] its component; -1: none. */
  readonly componentOf: Int32Array;
  readonly named: boolean;
}

function layOut(column: PointColumn, observed: Observed): Components {
  const { observations, named } = observed;
  const size = observations.length + 1;
  const centres = new Float64Array(size).fill(Number.NaN);
  observations.forEach((number, component) => {
    centres[component] = column.values[number] ?? Number.NaN;
  });
  const widths = new Float64Array(size).fill(priorWidth);
  const logDivisors = new Float64Array(size);
  if (named) return { centres, widths, logDivisors, gaps: false };
  centres[size - 1] = priorMean;
  layOutWidths(column, observed, widths);
  let gaps = false;
  for (let component = 0; component < size; component += 1) {
    const centre = centres[component] ?? Number.NaN;
    if (Number.isNaN(centre)) gaps = true;
    else logDivisors[component] = logDivisor(centre, widths[component] ?? priorWidth);
  }
  return { centres, widths, logDivisors, gaps };
}

/** How far each is from the farther of its two neighbours (Optuna's), within bounds that fall with their number. */
function layOutWidths(column: PointColumn, { observations, componentOf }: Observed, widths: Float64Array): void {
  const { values, order, count } = column;
  const least = 1 / Math.min(100, 2 + observations.length);
  let below = Number.NaN;
  let at = Number.NaN;
  let component = -1;
  // One observation behind: its width is known with the one above it.
  for (let place = 0; place <= count; place += 1) {
    const number = order[place] ?? 0;
    const next = place === count ? -1 : (componentOf[number] ?? -1);
    if (place < count && next < 0) continue;
    const above = place === count ? Number.NaN : (values[number] ?? Number.NaN);
    if (component >= 0) widths[component] = Math.min(1, Math.max(least, farther(below, at, above)));
    [below, at, component] = [at, above, next];
  }
}

/** @param below NaN: nothing is below. @param above NaN: nothing is above; where nothing is at all, the axis's ends are */
function farther(below: number, at: number, above: number): number {
  if (Number.isNaN(below)) return Number.isNaN(above) ? Math.max(at, 1 - at) : above - at;
  return Number.isNaN(above) ? at - below : Math.max(at - below, above - at);
}

/** Where an observation has no such axis its component is uniform there: on [0, 1], nothing is added. */
function addNormal(terms: Float64Array, { centres, widths, logDivisors, gaps }: Components, where: number): void {
  for (let component = 0; component < terms.length; component += 1) {
    const centre = centres[component] ?? Number.NaN;
    if (gaps && Number.isNaN(centre)) continue;
    const off = (where - centre) / (widths[component] ?? priorWidth);
    terms[component] = (terms[component] ?? 0) - 0.5 * off * off - (logDivisors[component] ?? 0);
  }
}

/** Rising linearly to the newest observations, which have 1, as the prior does, the last. */
function componentWeights(observations: number): Float64Array {
  const ramp = Math.max(0, observations - fullWeight);
  const weights = new Float64Array(observations + 1).fill(1);
  for (let index = 0; index < ramp; index += 1)
    weights[index] = (1 + index * (observations - 1) * (1 / Math.max(1, ramp))) / observations;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function pick(weights: ArrayLike<number>, source: RandomStream): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) sum += weights[index] ?? 0;
  let left = (source.uniforms(1)[0] ?? 0) * sum;
  for (let index = 0; index < weights.length; index += 1) {
    left -= weights[index] ?? 0;
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
