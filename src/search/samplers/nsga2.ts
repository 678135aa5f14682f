import type { RandomStream } from '../../random/stream.ts';
import { stream } from '../../random/stream.ts';
import { pointsFields, readPoints } from '../points-section.ts';
import { numberSetting } from '../../sweep/file/search-section.ts';
import { wholeFrom } from '../../sweep/file/number-rules.ts';
import { constrainedOrder } from '../estimates/constrained-order.ts';
import { Feasibility } from '../estimates/feasibility.ts';
import { AxisCoordinates } from '../space/axis-coordinates.ts';
import { NewPoints } from '../space/draw-new-point.ts';
import { searchedAxes } from '../space/repeats.ts';
import type { SamplerKind, SearchHistory, SpacePoint, Suggestion } from '../sampler.ts';

/**
 * How near children are to their parents, and mutants to what they were. The original's 15 and 20 take steps for tens of
 * thousands of trials; with hundreds, wide steps find more.
 */
const crossoverIndex = 2;
const mutationIndex = 2;
const crossoverShare = 0.9;
const tries = 50;

/**
 * NSGA-II without generations: the population are the best points so far, by fronts over all objectives and, within a
 * front, by loneliness; each suggestion is a child of two of them, either chosen as the better of two drawn, by simulated
 * binary crossover and polynomial mutation over the axes (named values: of either parent, or drawn anew). Children are
 * suggested as slots want them, from the results that are there, so that no slot waits for a generation. The first
 * `population` points are the random search's. What failed, or was pruned, is in no population. A point that cannot be
 * trained is dominated by every one that can: it is in the population only while fewer than that have results, and loses
 * to each of those. Of the children that may be suggested the first is taken whose nearest known point could be trained.
 * Source: Deb et al., IEEE Transactions on Evolutionary Computation 6(2), 2002; asynchronous as Durillo et al., IPDPS 2008.
 */
export const nsga2: SamplerKind = {
  section: {
    kind: 'nsga2',
    ranges: true,
    adapts: true,
    example: '{kind: nsga2, trials: <number>}',
    sentence: 'Children of the best results over all objectives (NSGA-II), suggested as results come',
    fields: [
      ...pointsFields,
      {
        name: 'population',
        expected: 'a whole number of at least 2',
        sentence: 'Points drawn at random first, and results that have children; default 20',
      },
    ],
    read: (section) => ({
      ...readPoints(section, 'how many points to try'),
      population: section.number('population', wholeFrom(2)) ?? 20,
    }),
  },
  make: (search, axes) => {
    const seed = numberSetting(search, 'seed');
    const population = numberSetting(search, 'population');
    const { drawn } = searchedAxes(axes);
    const coordinates = new AxisCoordinates(drawn);
    const newPoints = new NewPoints(drawn, seed);
    return {
      independent: false,
      trials: numberSetting(search, 'trials'),
      allObjectives: true,
      opening: (learned) => population - learned,
      suggest: (number, history) => {
        const child =
          number + (history.learned?.length ?? 0) < population
            ? null
            : childOf(coordinates, { seed, population, number }, history);
        if (child !== null) return child;
        const random = newPoints.next(number, history);
        return random.point === null
          ? random
          : { point: random.point, reason: `nsga2: point ${number + 1}, drawn at random` };
      },
    };
  },
};

interface Birth {
  readonly seed: number;
  readonly population: number;
  readonly number: number;
}

interface Known {
  readonly point: SpacePoint;
  /** Null: it cannot be trained. */
  readonly values: readonly number[] | null;
  readonly name: string;
}

function childOf(
  coordinates: AxisCoordinates,
  { seed, population, number }: Birth,
  history: SearchHistory,
): Suggestion | null {
  const { learned = [], trials } = history;
  const known = [...learned, ...trials].flatMap(({ point, state, value, further = [] }, index): readonly Known[] => {
    const name = index < learned.length ? `learned ${index + 1}` : String(index - learned.length + 1);
    if (state === 'infeasible') return [{ point, values: null, name }];
    return state === 'done' && value !== null ? [{ point, values: [value, ...further], name }] : [];
  });
  const results = known.filter(({ values }) => values !== null).length;
  if (results === 0 || known.length < 2) return null;
  const parents = constrainedOrder(known.map(({ values }) => values))
    .slice(0, population)
    .flatMap((index) => known[index] ?? []);
  const source = stream(seed, 'nsga2', number);
  const feasibility = new Feasibility(coordinates, [...learned, ...trials]);
  let doubtful: Suggestion | null = null;
  for (let tried = 0; tried < tries; tried += 1) {
    const [first, second] = [better(parents.length, source), better(parents.length, source)].map(
      (place) => parents[place],
    );
    if (first === undefined || second === undefined) return null;
    const point = cross(coordinates, first.point, second.point, source);
    if (!history.accepts(point)) continue;
    const reason = `nsga2: from ${results} results, a child of points ${first.name} and ${second.name}`;
    if (!feasibility.isDoubtful(point)) return { point, reason };
    doubtful ??= { point, reason };
  }
  return doubtful;
}

/** Of two places drawn, the one further ahead. */
function better(count: number, source: RandomStream): number {
  return Math.min(...source.integers(2, count));
}

function cross(coordinates: AxisCoordinates, first: SpacePoint, second: SpacePoint, source: RandomStream): SpacePoint {
  const { dimensions } = coordinates;
  const [a, b] = [coordinates.of(first), coordinates.of(second)];
  const crossing = uniform(source) < crossoverShare;
  const child = dimensions.map(({ named, axis }, index) => {
    // An axis that one parent does not have comes from the other; one that neither has, from nowhere.
    const [own, other] = [orElse(a[index], b[index]), orElse(b[index], a[index])];
    const mutates = uniform(source) < 1 / dimensions.length;
    const choice = uniform(source);
    const spread = uniform(source);
    const change = uniform(source);
    if (Number.isNaN(own)) return named ? Math.floor(change * axis.values.length) : change;
    if (named) {
      const inherited = crossing && choice < 0.5 ? other : own;
      return mutates ? Math.floor(change * axis.values.length) : inherited;
    }
    const inherited = crossing && choice < 0.5 ? simulatedBinary(own, other, spread) : own;
    return Math.min(1 - 1e-9, Math.max(0, mutates ? polynomial(inherited, change) : inherited));
  });
  return coordinates.pointAt(child);
}

/** One of the two children of a simulated binary crossover. @param draw in [0, 1) */
function simulatedBinary(own: number, other: number, draw: number): number {
  const power = 1 / (crossoverIndex + 1);
  const spread = draw < 0.5 ? (2 * draw) ** power : (1 / (2 * (1 - draw))) ** power;
  return 0.5 * ((1 + spread) * own + (1 - spread) * other);
}

/** Polynomial mutation on [0, 1]. @param draw in [0, 1) */
function polynomial(value: number, draw: number): number {
  const power = 1 / (mutationIndex + 1);
  const index = mutationIndex + 1;
  const inside = Math.min(1, Math.max(0, value));
  const down = (2 * draw + (1 - 2 * draw) * (1 - inside) ** index) ** power - 1;
  if (draw < 0.5) return inside + down;
  return inside + 1 - (2 * (1 - draw) + 2 * (draw - 0.5) * inside ** index) ** power;
}

function uniform(source: RandomStream): number {
  return source.uniforms(1)[0] ?? 0;
}

function orElse(one: number | undefined, other: number | undefined): number {
  return one === undefined || Number.isNaN(one) ? (other ?? Number.NaN) : one;
}
