import type { RandomStream } from '../random/stream.ts';
import { shareOf, valueAt } from './draw-value.ts';
import type { SpacePoint } from './sampler.ts';
import { activePoint, type SpaceAxis } from './space-axes.ts';

/** Observations that keep their full weight; older ones fall linearly (Optuna's). */
const fullWeight = 25;
const widthAtOne = 0.2;

interface Dimension {
  readonly axis: SpaceAxis;
  /** Named values have no order: each is as far from every other. */
  readonly named: boolean;
}

/**
 * A density over points: a mixture with one component for each observation and one for the prior, each a product over
 * the axes. A number has a normal truncated to its axis, laid out on [0, 1] by its scale (a list by its order); a named
 * value has its own weight. What a point does not have (an axis that does not apply to it) is uniform.
 */
export class ParzenEstimator {
  readonly #dimensions: readonly Dimension[];
  readonly #observations: readonly (readonly (number | null)[])[];
  readonly #weights: readonly number[];
  readonly #width: number;

  constructor(axes: readonly SpaceAxis[], observations: readonly SpacePoint[]) {
    this.#dimensions = axes.map((axis) => ({
      axis,
      named: axis.scale === null && axis.values.some((value) => typeof value === 'string'),
    }));
    this.#observations = observations.map((point) => this.#dimensions.map((dimension) => coordinate(dimension, point)));
    this.#weights = componentWeights(observations.length);
    const count = observations.length + 1;
    const scott = widthAtOne * Math.max(1, observations.length) ** (-1 / (axes.length + 4));
    this.#width = Math.max(scott, 1 / Math.min(100, 1 + count));
  }

  /** A point of the density. */
  draw(source: RandomStream): SpacePoint {
    const observation = this.#observations[pick(this.#weights, source)];
    const values = this.#dimensions.map((dimension, index) => [
      dimension.axis.name,
      valueOf(dimension, this.#drawCoordinate(dimension, observation?.[index] ?? null, source)),
    ]);
    return activePoint(
      this.#dimensions.map(({ axis }) => axis),
      Object.fromEntries(values),
    );
  }

  logDensity(point: SpacePoint): number {
    const at = this.#dimensions.map((dimension) => coordinate(dimension, point));
    // The prior comes last: of no observation.
    const terms = this.#weights.map(
      (weight, component) => Math.log(weight) + this.#logComponent(at, this.#observations[component]),
    );
    const greatest = Math.max(...terms);
    return greatest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - greatest), 0));
  }

  #logComponent(at: readonly (number | null)[], observation: readonly (number | null)[] | undefined): number {
    let sum = 0;
    for (const [index, dimension] of this.#dimensions.entries()) {
      const where = at[index] ?? null;
      if (where === null) continue;
      const around = observation?.[index] ?? null;
      sum += dimension.named ? this.#logChoice(dimension, where, around) : this.#logNormal(where, around);
    }
    return sum;
  }

  /** The prior's normal is as wide as the axis. */
  #logNormal(where: number, around: number | null): number {
    const [mean, width] = around === null ? [0.5, 1] : [around, this.#width];
    const mass = normalBelow((1 - mean) / width) - normalBelow(-mean / width);
    return -0.5 * ((where - mean) / width) ** 2 - Math.log(width * Math.sqrt(2 * Math.PI) * mass);
  }

  /** One observation counts as much as the prior spread over all components. */
  #logChoice({ axis }: Dimension, where: number, around: number | null): number {
    const spread = 1 / this.#weights.length;
    const total = 1 + axis.values.length * spread;
    if (around === null) return -Math.log(axis.values.length);
    return Math.log(((where === around ? 1 : 0) + spread) / total);
  }

  #drawCoordinate(dimension: Dimension, around: number | null, source: RandomStream): number {
    if (dimension.named) {
      const weights = dimension.axis.values.map((_, choice) => Math.exp(this.#logChoice(dimension, choice, around)));
      return pick(weights, source);
    }
    const [mean, width] = around === null ? [0.5, 1] : [around, this.#width];
    // At least a third of the draws around a mean within [0, 1] fall within it.
    for (let tried = 0; tried < 64; tried += 1) {
      const share = mean + width * (source.normals(1)[0] ?? 0);
      if (share >= 0 && share < 1) return share;
    }
    return mean;
  }
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

/** On [0, 1], or the number of a named value; null: the point has no such axis. */
function coordinate({ axis, named }: Dimension, point: SpacePoint): number | null {
  const value = point[axis.name];
  if (value === undefined) return null;
  if (axis.scale !== null) return shareOf(axis, Number(value));
  const place = inOrder(axis, named).indexOf(value);
  if (place < 0) return null;
  return named ? place : (place + 0.5) / axis.values.length;
}

function valueOf({ axis, named }: Dimension, at: number): number | string {
  if (axis.scale !== null) return valueAt(axis, at);
  const place = named ? at : Math.min(axis.values.length - 1, Math.floor(at * axis.values.length));
  return inOrder(axis, named)[place] ?? 0;
}

function inOrder({ values }: SpaceAxis, named: boolean): readonly (number | string)[] {
  return named ? values : [...values].sort((a, b) => Number(a) - Number(b));
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
