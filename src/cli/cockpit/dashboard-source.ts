import { DropsweepError } from '../../base/errors.ts';
import type { ViewSource } from '../../dashboard/reading/view-source.ts';
import { betterOf, columnOf } from '../../dashboard/tables/view-columns.ts';
import { settingEffects } from '../reading/read-effects.ts';
import { trialOutputs } from '../reading/trial-outputs.ts';
import { readEnsembleCurve, readLearningCurve } from '../../store/views/trials/learning-curve.ts';
import type { SweepState, TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { Store } from '../../store/database/open-store.ts';
import { countSweepEvents, readSweepEvents } from '../../store/views/sweep-events.ts';
import { readSearchView } from '../../store/search/search-view.ts';
import { readMetric, readMetrics } from '../../store/views/step-values.ts';
import { readSweepProvenance } from '../../store/views/sweep-list.ts';
import { SweepOverviews } from '../../store/views/sweep-overview.ts';
import { listWorkers } from '../../store/workers/worker-list.ts';
import { readTrial } from '../../store/views/sweep-reader.ts';
import { readAxisMeans } from '../../store/views/configurations/axis-means.ts';
import { readConfigurations } from '../../store/views/configurations/configuration-page.ts';
import { readTradeoff, type TradeoffRead } from '../../store/views/tradeoff/tradeoff-view.ts';
import { noiseIntervals, storedOutputs } from '../reading/noise-intervals.ts';

/** Of one training, the newest. */
const eventLimit = 200;

/** Which sweep is watched; the dashboard may turn to another. */
export interface Watched {
  name: string;
  /** As it was last read; absent: not yet. */
  state?: SweepState;
}

/** The dashboard's single queries, over the record. */
export function dashboardSource(store: Store, watched: Watched): ViewSource {
  const overviews = new SweepOverviews(store);
  const stepsOf = recordedSteps(store);
  const outputsOf = trialOutputs(store);
  const effectsOf = settingEffects(store);
  return {
    sweeps: (page) => overviews.page(page),
    sweepFront: sweepFronts(store),
    events: async (sweepId, { offset: from, limit }, kinds) => {
      const [total, rows] = await Promise.all([
        countSweepEvents(store.db, sweepId, kinds),
        readSweepEvents(store.db, { sweepId, limit, offset: from, ...(kinds === undefined ? {} : { kinds }) }),
      ]);
      return { total, from, rows: rows.toReversed() };
    },
    trial: async (number) => {
      const { sweepId, trial } = await findTrial(store, watched, number);
      const { trainingId } = trial;
      const [events, losses] = await Promise.all([
        readSweepEvents(store.db, { sweepId, trainingId, limit: eventLimit }),
        readMetric(store, trainingId, 'loss'),
      ]);
      return { trial, events, losses };
    },
    training: async (number) => {
      const { sweepId, name, trial } = await findTrial(store, watched, number);
      const { trainingId } = trial;
      const [recorded, curve, byMembers, events, { theoryConstants: constants }] = await Promise.all([
        stepsOf(trial),
        readLearningCurve(store, sweepId, trainingId),
        readEnsembleCurve(store, sweepId, number),
        readSweepEvents(store.db, { sweepId, trainingId, limit: eventLimit }),
        readSweepProvenance(store, name),
      ]);
      return { trial, steps: recorded, onTheWay: curve?.points ?? [], byMembers, events, constants };
    },
    outputs: async (number) => {
      const { trial, ...sweep } = await findTrial(store, watched, number);
      return outputsOf(sweep, trial);
    },
    effects: (metric) => effectsOf(watched.name, metric),
    search: (sweepId, page) => readSearchView(store, sweepId, page),
    workers: () => listWorkers(store),
    tradeoff: (sweepId, asked) => readTradeoff(store, sweepId, asked),
    axisMeans: (sweepId, asked) => readAxisMeans(store, sweepId, asked),
    configurations: (sweepId, asked) => readConfigurations(store, sweepId, asked),
    intervals: noiseIntervals(storedOutputs(store)),
    watch(sweep) {
      watched.name = sweep;
    },
  };
}

/** Sweeps whose fronts are kept: those that one goes up and down between. */
const frontsAtMost = 16;

/** Reads the fronts of sweeps: again only where one has moved on. What is known already is there at once. */
function sweepFronts(store: Store): ViewSource['sweepFront'] {
  const known = new Map<string, { readonly of: string; readonly read: TradeoffRead }>();
  return async ({ sweepId, objective, finished, stepsDone, best }, which) => {
    if (objective === '' || objective === 'complexity') return null;
    const of = JSON.stringify([finished, stepsDone, best]);
    const last = known.get(sweepId);
    if (which === 'known' || last?.of === of) return last?.read ?? null;
    const [x, y] = [columnOf('complexity'), columnOf(objective)];
    const better = { x: betterOf('complexity'), y: betterOf(objective) };
    const asked = { x, y, better, log: { x: false, y: false }, by: null, shown: [] };
    const read = await readTradeoff(store, sweepId, asked);
    const [oldest] = known.keys();
    if (known.size >= frontsAtMost && oldest !== undefined) known.delete(oldest);
    known.set(sweepId, { of, read });
    return read;
  };
}

/** Metrics of steps that a training's view shows. */
const recordedNames = ['loss', 'data_loss', 'gradient_norm', 'learning_rate', 'tokens', 'step_seconds', 'memory_bytes'];

type Steps = Awaited<ReturnType<typeof readMetrics>>;

/** One that is looked at, and those that it is compared with. */
const knownAtMost = 8;

/** Reads the recorded steps of a training: read again only where there is more of it. */
function recordedSteps(store: Store): (trial: TrialRow) => Promise<Steps> {
  const known = new Map<string, { readonly of: string; readonly steps: Steps }>();
  return async ({ trainingId, step, claimedSegments }) => {
    const of = `${step} ${claimedSegments}`;
    const last = known.get(trainingId);
    if (last?.of === of) return last.steps;
    const steps = await readMetrics(store, trainingId, recordedNames);
    const [oldest] = known.keys();
    if (known.size >= knownAtMost && oldest !== undefined) known.delete(oldest);
    known.set(trainingId, { of, steps });
    return steps;
  };
}

/** @throws SWEEP_NOT_FOUND */
async function findTrial(store: Store, { name }: Watched, number: number) {
  const { trial, trialCount, ...sweep } = await readTrial(store, name, number);
  if (trial !== null) return { ...sweep, trial };
  throw new DropsweepError('SWEEP_NOT_FOUND', `the sweep ${name} has no trial ${number}`, {
    expected: `1 to ${trialCount}`,
  });
}
