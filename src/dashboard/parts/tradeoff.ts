import { chosenAmong } from '../../report/comparing/chosen-among.ts';
import { type RankedScore, scoreInterval, scoresOf } from '../../report/comparing/configuration-scores.ts';
import { frontScores } from '../../report/tables/pareto-report.ts';
import { withinRange } from '../../metrics/parts/within-range.ts';
import { paretoFront } from '../../stats/pareto-front.ts';
import { studentInterval } from '../../stats/student-interval.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { TradeoffRead } from '../../store/views/tradeoff/tradeoff-view.ts';
import { headingOf, tradeoffObjective } from '../../tasks/task-metrics.ts';
import type { ScatterPoint } from '../charts/scatter-plot.ts';

/** The first objective against complexity, by configurations' means over seeds: what the scatter draws. */
export interface Tradeoff {
  /** The objective's heading. */
  readonly heading: string;
  readonly points: readonly ScatterPoint[];
  /** Between these two, by ascending complexity. */
  readonly front: readonly ScatterPoint[];
  /** Configurations that have no complexity or no objective (yet). */
  readonly missing: number;
  /** The front's trials were not all trained in one numerics class: their last bits are not comparable. */
  readonly mixedNumerics: boolean;
}

/** Snapshots never change: each is worked out once, however often it is drawn. */
const worked = new WeakMap<SweepSnapshot, Tradeoff>();
const fronts = new WeakMap<SweepSnapshot, ReadonlySet<number>>();

/** Theorem 4.4's trade-off over the configurations that are scored: the objective against the complexity proxy. */
export function tradeoff(snapshot: SweepSnapshot): Tradeoff {
  const found = worked.get(snapshot) ?? tradeoffOf(snapshot);
  worked.set(snapshot, found);
  return found;
}

/** Trials of the configurations on the front that `dropsweep pareto` prints: over all objectives and complexity. */
export function frontTrials(snapshot: SweepSnapshot): ReadonlySet<number> {
  const found = fronts.get(snapshot) ?? frontTrialsOf(snapshot);
  fronts.set(snapshot, found);
  return found;
}

function frontTrialsOf(snapshot: SweepSnapshot): ReadonlySet<number> {
  const { page, frontCandidates } = snapshot;
  if (page !== undefined && frontCandidates === undefined) return new Set();
  const { rows } = frontScores(page === undefined ? snapshot : { ...snapshot, scores: frontCandidates ?? [] });
  return new Set(rows.flatMap(({ trials }) => trials.map(({ trial }) => trial)));
}

function tradeoffOf(snapshot: SweepSnapshot): Tradeoff {
  const { definition, page, tradeoff: read } = snapshot;
  const { metric, direction } = tradeoffObjective(definition);
  const heading = headingOf(definition, metric);
  if (read !== undefined) {
    const classes = new Set(read.front.flatMap(({ numericsClasses }) => numericsClasses));
    return { heading, ...scatterOf(read, metric), missing: read.total - read.drawn, mixedNumerics: classes.size > 1 };
  }
  const scores = page === undefined ? chosenAmong(scoresOf(snapshot)) : [];
  const placed = scores.flatMap((score) => pointOf(score, metric));
  const best = paretoFront(placed, [
    { direction, value: ({ point }) => point.y },
    { direction: 'minimize', value: ({ point }) => point.x },
  ]);
  best.sort((a, b) => a.point.x - b.point.x || a.point.trial - b.point.trial);
  const trained = new Set(best.flatMap(({ score }) => score.trials.map(({ trial }) => trial)));
  const classes = snapshot.trials.flatMap(({ trial, numericsClass }) =>
    trained.has(trial) && numericsClass !== null ? [numericsClass] : [],
  );
  return {
    heading,
    points: placed.map(({ point }) => point),
    front: best.map(({ point }) => point),
    missing: scores.length - placed.length,
    mixedNumerics: new Set(classes).size > 1,
  };
}

function pointOf(score: RankedScore, metric: string): readonly { score: RankedScore; point: ScatterPoint }[] {
  const [found, first] = [scoreInterval(score, metric), score.trials.toSorted((a, b) => a.trial - b.trial)[0]];
  const x = first?.complexity ?? null;
  if (found === null || first === undefined || x === null || !Number.isFinite(x)) return [];
  return [{ score, point: { trial: first.trial, x, y: found.mean, category: -1, ...toldBy(found) } }];
}

/** Configurations as the record places them, the front with its intervals over seeds. */
export function scatterOf({ points, front }: TradeoffRead, metric: string): Pick<Tradeoff, 'points' | 'front'> {
  const best = front.map(({ trial, x, y, repeats }): ScatterPoint => {
    const seeds = repeats.length === 0 ? [y] : repeats.map((repeat) => repeat.y);
    return { trial, x, y, category: -1, ...toldBy(withinRange(metric, studentInterval(seeds))) };
  });
  return { front: best, points: [...points.map((point) => ({ ...point, category: -1 })), ...best] };
}

/** Seeds that agree to the last bit tell nothing of noise: no interval of ±0. */
export function toldBy({
  lower,
  upper,
}: {
  readonly lower: number | null;
  readonly upper: number | null;
}): Pick<ScatterPoint, 'interval'> {
  return lower === null || upper === null || lower === upper ? {} : { interval: [lower, upper] };
}
