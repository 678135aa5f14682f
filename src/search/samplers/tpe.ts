import { stream } from '../../random/stream.ts';
import { numberSetting } from '../../sweep/search-section.ts';
import { wholeFrom } from '../../sweep/number-rules.ts';
import { AxisCoordinates } from '../axis-coordinates.ts';
import { drawNewPoint } from '../draw-new-point.ts';
import { frontOrder } from '../../stats/non-dominated-ranks.ts';
import { shrunkenValues } from '../shrunken-values.ts';
import { type Ranking, rankingField, rankingOf, readRanking } from '../ranking.ts';
import { ParzenEstimator } from '../parzen-estimator.ts';
import { searchedAxes } from '../repeats.ts';
import type { SampledTrial, SamplerKind, SearchHistory, SpacePoint, Suggestion } from '../sampler.ts';
import type { SpaceAxis } from '../space-axes.ts';

const candidates = 24;
/** The share of results that count as good, and how many at most (Optuna's). */
const goodShare = 0.1;
const mostGood = 25;

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
      {
        name: 'trials',
        expected: 'a whole number of at least 1',
        sentence: 'Points, each with every seed of the space',
      },
      { name: 'seed', expected: 'a whole number of at least 0', sentence: 'What points are drawn by; default 0' },
      {
        name: 'startup',
        expected: 'a whole number of at least 1',
        sentence: 'Points drawn at random first; default 10',
      },
      rankingField,
    ],
    read: (section) => {
      const trials = section.number('trials', wholeFrom(1));
      if (!section.has('trials')) section.missing('trials', 'how many points to try');
      return {
        trials: trials ?? 1,
        seed: section.number('seed', wholeFrom(0)) ?? 0,
        startup: section.number('startup', wholeFrom(1)) ?? 10,
        ...readRanking(section),
      };
    },
  },
  make: (search, axes) => {
    const seed = numberSetting(search, 'seed');
    const startup = numberSetting(search, 'startup');
    const { drawn } = searchedAxes(axes);
    const coordinates = new AxisCoordinates(drawn);
    const ranking = rankingOf(search);
    return {
      independent: false,
      trials: numberSetting(search, 'trials'),
      allObjectives: ranking === 'front',
      suggest: (number, history) => {
        const suggestion =
          number + (history.learned?.length ?? 0) < startup
            ? null
            : bestRatio({ coordinates, ranking, seed }, number, history);
        return suggestion ?? atRandom(drawn, seed, number, history);
      },
    };
  },
};

function atRandom(axes: readonly SpaceAxis[], seed: number, number: number, history: SearchHistory): Suggestion | null {
  const point = drawNewPoint(axes, seed, number, history);
  return point === null ? null : { point, reason: `tpe: point ${number + 1}, drawn at random` };
}

interface Tpe {
  readonly coordinates: AxisCoordinates;
  readonly ranking: Ranking;
  readonly seed: number;
}

function bestRatio({ coordinates, ranking, seed }: Tpe, number: number, history: SearchHistory): Suggestion | null {
  const { good, others, results } = divide([...(history.learned ?? []), ...history.trials], ranking);
  if (results === 0) return null;
  const below = new ParzenEstimator(coordinates, good);
  const above = new ParzenEstimator(coordinates, others);
  const source = stream(seed, 'tpe', number);
  let best: { readonly point: SpacePoint; readonly ratio: number } | null = null;
  for (let candidate = 0; candidate < candidates; candidate += 1) {
    const point = below.draw(source);
    const ratio = below.logDensity(point) - above.logDensity(point);
    if ((best === null || ratio > best.ratio) && history.accepts(point)) best = { point, ratio };
  }
  if (best === null) return null;
  const reason = `tpe: from ${results} results, ${good.length} of them good, the best of ${candidates} candidates, log(l/g) ${best.ratio.toFixed(2)}`;
  return { point: best.point, reason };
}

/**
 * The best results, and all other points, both in the order of their suggestion. What was pruned comes after what came to
 * its end, the later it was pruned the better.
 */
function divide(trials: readonly SampledTrial[], ranking: Ranking) {
  const values = shrunkenValues(trials);
  const ranked = trials.flatMap(({ state, rung, further = [] }, number) => {
    const value = values[number] ?? null;
    if (value === null || (state !== 'done' && state !== 'pruned')) return [];
    return [{ number, value, further, reached: state === 'done' ? Number.POSITIVE_INFINITY : (rung ?? 0) }];
  });
  if (ranking === 'front') sortByFronts(ranked);
  else
    ranked.sort((a, b) => (a.reached === b.reached ? b.value - a.value || a.number - b.number : b.reached - a.reached));
  const count = Math.min(mostGood, Math.ceil(goodShare * ranked.length));
  const chosen = new Set(ranked.slice(0, count).map(({ number }) => number));
  const good: SpacePoint[] = [];
  const others: SpacePoint[] = [];
  trials.forEach(({ point }, number) => (chosen.has(number) ? good : others).push(point));
  return { good, others, results: ranked.length };
}

interface RankedTrial {
  readonly number: number;
  readonly value: number;
  readonly further: readonly number[];
  readonly reached: number;
}

/** Who came further first; of these by fronts. */
function sortByFronts(ranked: RankedTrial[]): void {
  const places = new Map<RankedTrial, number>();
  for (const reached of new Set(ranked.map((each) => each.reached))) {
    const there = ranked.filter((each) => each.reached === reached);
    const order = frontOrder(there.map(({ value, further }) => [value, ...further]));
    order.forEach((index, place) => {
      const trial = there[index];
      if (trial !== undefined) places.set(trial, place);
    });
  }
  ranked.sort((a, b) =>
    a.reached === b.reached ? (places.get(a) ?? 0) - (places.get(b) ?? 0) : b.reached - a.reached,
  );
}
