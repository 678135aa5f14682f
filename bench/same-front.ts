import { canonicalJson } from '../src/base/canonical-json.ts';
import { readRowScores } from '../src/cli/reading/read-row-scores.ts';
import { readWholeSweep } from '../src/cli/reading/read-report.ts';
import { readServices } from '../src/services/ensure-services.ts';
import { type RankedScore, configurationScores, scoreMean } from '../src/report/comparing/configuration-scores.ts';
import { Noise } from '../src/report/noise/noise.ts';
import { frontScores } from '../src/report/tables/pareto-report.ts';
import { trainingsOf } from '../src/report/sections/trainings-of.ts';
import { savedByStopping } from '../src/report/saved-by-stopping.ts';
import { openStore, type Store } from '../src/store/database/open-store.ts';
import type { SweepSnapshot } from '../src/store/views/sweep-snapshot.ts';
import type { Objective } from '../src/sweep/vocabulary.ts';
import { round } from './figures.ts';

/** A grid's sweep in the record of its side's own services. */
export interface GridRecord {
  readonly data: string;
  readonly sweep: string;
}

/** A point of one front and the point of the other that comes nearest to it without more complexity. */
export interface FrontPoint {
  readonly point: string;
  readonly nearest: string | null;
  /** By metric: how much worse the nearest is, with its interval over seeds and rows, and the probability of no difference. */
  readonly worse: Readonly<Record<string, readonly number[]>>;
  /** Not worse in any objective beyond noise. */
  readonly reached: boolean;
}

export interface FrontCheck {
  readonly same: boolean;
  /** Points of the whole grid's front, as the adaptive search's reaches them. */
  readonly whole: readonly FrontPoint[];
  /** Points of the adaptive search's front, as the whole grid's reaches them. */
  readonly adaptive: readonly FrontPoint[];
  readonly trainings: { readonly planned: number; readonly stopped: number; readonly steps_saved: number };
}

/** A probability below it tells two configurations apart. */
const level = 0.05;

/**
 * Whether the front that a search found which stops trainings early is the whole grid's within noise. A training is the same
 * tensors in both, so all points are compared by what the whole grid scored of them, with all seeds, paired on seeds
 * and rows; without a correction for many comparisons, which would only find more of them equal.
 */
export async function sameFront(whole: GridRecord, adaptive: GridRecord): Promise<FrontCheck> {
  return withStore(whole, async (store) => {
    const all = await readWholeSweep(store, whole.sweep);
    const found = await withStore(adaptive, (other) => readWholeSweep(other, adaptive.sweep));
    const known = new Map(configurationScores(all.trials).map((score) => [keyOf(score), score]));
    const { rows: wholeFront, measured } = frontScores(all);
    const adaptiveFront = frontScores(found).rows.map((score) => {
      const same = known.get(keyOf(score));
      if (same === undefined) throw new Error(`the whole grid lacks ${nameOf(score)}`);
      return same;
    });
    const noise = await noiseOf(store, all, [...wholeFront, ...adaptiveFront]);
    const reach = (points: readonly RankedScore[], by: readonly RankedScore[]) =>
      points.map((point) => nearestOf(point, by, measured, noise));
    const [ofWhole, ofAdaptive] = [reach(wholeFront, adaptiveFront), reach(adaptiveFront, wholeFront)];
    const trainings = trainingsOf(found);
    const { byScheduler } = savedByStopping(trainings);
    const steps = trainings.reduce((sum, { totalSteps }) => sum + totalSteps, 0);
    const spared = (byScheduler.stepsPlanned - byScheduler.stepsTaken) / steps;
    return {
      same: [...ofWhole, ...ofAdaptive].every(({ reached }) => reached),
      whole: ofWhole,
      adaptive: ofAdaptive,
      trainings: { planned: trainings.length, stopped: byScheduler.trainings, steps_saved: round(spared, 3) },
    };
  });
}

/** Of all that have no more complexity, the one that is worse by the least: in its worst objective, by standard errors. */
function nearestOf(
  point: RankedScore,
  candidates: readonly RankedScore[],
  objectives: readonly Objective[],
  noise: Noise,
): FrontPoint {
  const complexity = (score: RankedScore) => scoreMean(score, 'complexity') ?? Number.POSITIVE_INFINITY;
  const scored = objectives.filter(({ metric }) => metric !== 'complexity');
  const compared = candidates
    .filter((candidate) => complexity(candidate) <= complexity(point))
    .map((candidate) => {
      const differences = scored.map((objective) => worseBy(point, candidate, objective, noise));
      return { candidate, differences, distance: Math.max(...differences.map(({ errors }) => errors)) };
    })
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = compared;
  if (nearest === undefined) return { point: nameOf(point), nearest: null, worse: {}, reached: false };
  return {
    point: nameOf(point),
    nearest: nameOf(nearest.candidate),
    worse: Object.fromEntries(nearest.differences.map(({ metric, figures }) => [metric, figures])),
    reached: nearest.differences.every(({ told }) => !told),
  };
}

/** How much worse a candidate is than a point in one objective. */
function worseBy(point: RankedScore, candidate: RankedScore, objective: Objective, noise: Noise) {
  const { metric, direction } = objective;
  if (keyOf(point) === keyOf(candidate)) return { metric, figures: [0], errors: 0, told: false };
  const [comparison] = noise.pairs([[candidate, point]], metric);
  if (comparison === null || comparison === undefined) throw new Error(`${metric} of these cannot be compared`);
  const sign = direction === 'minimize' ? 1 : -1;
  const { estimate, lower, upper, standardError } = comparison.difference;
  const bounds = [sign * (lower ?? estimate), sign * (upper ?? estimate)].sort((a, b) => a - b);
  const worse = sign * estimate;
  return {
    metric,
    figures: [worse, ...bounds, comparison.probability].map((figure) => round(figure, 4)),
    errors: worse <= 0 ? 0 : worse / standardError,
    told: worse > 0 && comparison.probability < level,
  };
}

async function noiseOf(store: Store, sweep: SweepSnapshot, scores: readonly RankedScore[]): Promise<Noise> {
  return new Noise(await readRowScores(store, sweep, [...new Set(scores.flatMap(({ trials }) => trials))]));
}

function keyOf({ training, evaluation }: RankedScore): string {
  const { seed: _, ...rest } = training;
  return canonicalJson({ training: rest, evaluation: { ...evaluation } });
}

function nameOf({ training, evaluation }: RankedScore): string {
  return `p=${training.dropout_rate} N=${training.train_instances} M=${evaluation.ensemble_size}`;
}

async function withStore<Result>({ data }: GridRecord, use: (store: Store) => Promise<Result>): Promise<Result> {
  const services = readServices(data);
  if (services === null) throw new Error(`no services are up in ${data}`);
  const store = openStore(services.databaseUrl);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
