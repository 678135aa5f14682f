import { stream } from '../../random/stream.ts';
import { pointsFields, readPoints } from '../points-section.ts';
import { numberSetting } from '../../sweep/file/search-section.ts';
import { wholeFrom } from '../../sweep/file/number-rules.ts';
import { AxisCoordinates } from '../space/axis-coordinates.ts';
import { NewPoints } from '../space/draw-new-point.ts';
import { frontOrder } from '../../stats/non-dominated-ranks.ts';
import { shrunkenValues } from '../estimates/shrunken-values.ts';
import { type Ranking, rankingField, rankingOf, readRanking } from '../estimates/ranking.ts';
import { ParzenEstimator } from '../estimates/parzen-estimator.ts';
import { PointColumns } from '../space/point-columns.ts';
import { searchedAxes } from '../space/repeats.ts';
import type { NoPoint, SampledTrial, SamplerKind, SearchHistory, Suggestion } from '../sampler.ts';

const candidates = 24;
/** The share of results that count as good, and how many at most (Optuna's). */
const goodShare = 0.1;
const mostGood = 25;
const none: readonly number[] = [];

/**
 * Tree-structured Parzen estimator over all axes at once: of `candidates` points drawn from the density of the good
 * results, the one whose ratio to the density of the others is greatest, which has the greatest expected improvement
 * (Bergstra et al., NeurIPS 2011; multivariate as Falkner et al., arXiv 1807.01774). The first `startup` points are the
 * random search's. Points that are still being trained count among the others, so that slots beside one another do not
 * try the same (the constant liar); so do failures. Where configurations have different numbers of seeds, those of few
 * are drawn towards the mean of all by how much seeds vary: a lucky one is not taken for good. With `by: front` the good
 * results are those of the first fronts over all objectives, of a front the loneliest first.
 */
export const tpe: SamplerKind = {
  section: {
    kind: 'tpe',
    ranges: true,
    adapts: true,
    example: '{kind: tpe, trials: <number>}',
    sentence: 'Points where results were good (a tree-structured Parzen estimator), suggested as results come',
    fields: [
      ...pointsFields,
      {
        name: 'startup',
        expected: 'a whole number of at least 1',
        sentence: 'Points drawn at random first; default 10',
      },
      rankingField,
    ],
    read: (section) => ({
      ...readPoints(section, 'how many points to try'),
      startup: section.number('startup', wholeFrom(1)) ?? 10,
      ...readRanking(section),
    }),
  },
  make: (search, axes) => {
    const seed = numberSetting(search, 'seed');
    const startup = numberSetting(search, 'startup');
    const { drawn } = searchedAxes(axes);
    const points = new PointColumns(new AxisCoordinates(drawn));
    const ranking = rankingOf(search);
    const newPoints = new NewPoints(drawn, seed);
    return {
      independent: false,
      trials: numberSetting(search, 'trials'),
      allObjectives: ranking === 'front',
      opening: (learned) => startup - learned,
      suggest: (number, history) => {
        const suggestion =
          number + (history.learned?.length ?? 0) < startup
            ? null
            : bestRatio({ points, ranking, seed }, number, history);
        return suggestion ?? atRandom(newPoints, number, history);
      },
    };
  },
};

function atRandom(newPoints: NewPoints, number: number, history: SearchHistory): Suggestion | NoPoint {
  const random = newPoints.next(number, history);
  return random.point === null ? random : { point: random.point, reason: `tpe: point ${number + 1}, drawn at random` };
}

interface Tpe {
  readonly points: PointColumns;
  readonly ranking: Ranking;
  readonly seed: number;
}

function bestRatio({ points, ranking, seed }: Tpe, number: number, history: SearchHistory): Suggestion | null {
  const trials = [...(history.learned ?? []), ...history.trials];
  const { good, others, results } = divide(trials, ranking);
  if (results === 0 && !trials.some(({ state }) => state === 'infeasible')) return null;
  points.follow(trials.map(({ point }) => point));
  const below = new ParzenEstimator(points, good);
  const above = new ParzenEstimator(points, others);
  const source = stream(seed, 'tpe', number);
  const drawn = Array.from({ length: candidates }, () => {
    const point = below.draw(source);
    return { point, ratio: below.logDensity(point) - above.logDensity(point) };
  });
  drawn.sort((a, b) => b.ratio - a.ratio);
  const best = drawn.find(({ point }) => history.accepts(point));
  if (best === undefined) return null;
  const reason = `tpe: from ${results} results, ${good.length} of them good, the best of ${candidates} candidates, log(l/g) ${best.ratio.toFixed(2)}`;
  return { point: best.point, reason };
}

/** Numbers of the best results, and of all other points, both in the order of their suggestion. */
function divide(trials: readonly SampledTrial[], ranking: Ranking) {
  const values = shrunkenValues(trials);
  const ranked: RankedTrial[] = [];
  trials.forEach(({ state, rung, further = none }, number) => {
    const value = values[number] ?? null;
    if (value === null || (state !== 'done' && state !== 'pruned')) return;
    ranked.push({ number, value, further, reached: state === 'done' ? Number.POSITIVE_INFINITY : (rung ?? 0) });
  });
  const count = Math.min(mostGood, Math.ceil(goodShare * ranked.length));
  const best = ranking === 'front' ? bestByFronts(ranked, count) : firstOf(ranked, count, byValue);
  const good = Int32Array.from(best, ({ number }) => number).sort();
  const others = new Int32Array(trials.length - good.length);
  for (let number = 0, passed = 0; number < trials.length; number += 1) {
    if (good[passed] === number) passed += 1;
    else others[number - passed] = number;
  }
  return { good, others, results: ranked.length };
}

interface RankedTrial {
  readonly number: number;
  readonly value: number;
  readonly further: readonly number[];
  readonly reached: number;
}

/** What was pruned comes after what came to its end, the later it was pruned the better. */
function byValue(a: RankedTrial, b: RankedTrial): number {
  return a.reached === b.reached ? b.value - a.value || a.number - b.number : b.reached - a.reached;
}

/** As if all were sorted. */
function firstOf<Item>(items: readonly Item[], count: number, compare: (a: Item, b: Item) => number): readonly Item[] {
  const first: Item[] = [];
  for (const item of items) {
    const last = first.at(-1);
    if (first.length === count && (last === undefined || compare(item, last) >= 0)) continue;
    const place = first.findIndex((each) => compare(item, each) < 0);
    first.splice(place < 0 ? first.length : place, 0, item);
    first.length = Math.min(count, first.length);
  }
  return first;
}

/** Who came further first; of these by fronts. */
function bestByFronts(ranked: readonly RankedTrial[], count: number): readonly RankedTrial[] {
  const furthest = [...new Set(ranked.map(({ reached }) => reached))].sort((a, b) => b - a);
  const inOrder: RankedTrial[] = [];
  for (const reached of furthest) {
    if (inOrder.length >= count) break;
    const there = ranked.filter((each) => each.reached === reached);
    const order = frontOrder(there.map(({ value, further }) => [value, ...further]));
    inOrder.push(...order.flatMap((index) => there[index] ?? []));
  }
  return inOrder.slice(0, count);
}
