import { stream } from '../../random/stream.ts';
import { numberSetting } from '../../sweep/search-section.ts';
import { wholeFrom } from '../../sweep/number-rules.ts';
import { drawNewPoint } from '../draw-new-point.ts';
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
 * try the same (the constant liar); so do failures.
 */
export const tpe: SamplerKind = {
  section: {
    kind: 'tpe',
    ranges: true,
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
    ],
    read: (section) => {
      const trials = section.number('trials', wholeFrom(1));
      if (!section.has('trials')) section.missing('trials', 'how many points to try');
      return {
        trials: trials ?? 1,
        seed: section.number('seed', wholeFrom(0)) ?? 0,
        startup: section.number('startup', wholeFrom(1)) ?? 10,
      };
    },
  },
  make: (search, axes) => {
    const seed = numberSetting(search, 'seed');
    const startup = numberSetting(search, 'startup');
    const { drawn } = searchedAxes(axes);
    return {
      independent: false,
      trials: numberSetting(search, 'trials'),
      suggest: (number, history) => {
        const suggestion = number < startup ? null : bestRatio(drawn, seed, number, history);
        return suggestion ?? atRandom(drawn, seed, number, history);
      },
    };
  },
};

function atRandom(axes: readonly SpaceAxis[], seed: number, number: number, history: SearchHistory): Suggestion | null {
  const point = drawNewPoint(axes, seed, number, history);
  return point === null ? null : { point, reason: `tpe: point ${number + 1}, drawn at random` };
}

function bestRatio(
  axes: readonly SpaceAxis[],
  seed: number,
  number: number,
  history: SearchHistory,
): Suggestion | null {
  const { good, others, results } = divide(history.trials);
  if (results === 0) return null;
  const below = new ParzenEstimator(axes, good);
  const above = new ParzenEstimator(axes, others);
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
function divide(trials: readonly SampledTrial[]) {
  const ranked = trials
    .flatMap(({ state, value, rung }, number) =>
      value !== null && (state === 'done' || state === 'pruned')
        ? [{ number, value, reached: state === 'done' ? Number.POSITIVE_INFINITY : (rung ?? 0) }]
        : [],
    )
    .sort((a, b) => (a.reached === b.reached ? b.value - a.value || a.number - b.number : b.reached - a.reached));
  const count = Math.min(mostGood, Math.ceil(goodShare * ranked.length));
  const chosen = new Set(ranked.slice(0, count).map(({ number }) => number));
  const points = (isGood: boolean) =>
    trials.flatMap(({ point }, number) => (chosen.has(number) === isGood ? [point] : []));
  return { good: points(true), others: points(false), results: ranked.length };
}
