import type { ViewSource } from '../dashboard/view-source.ts';
import type { Store } from '../store/open-store.ts';
import { countSweepEvents, readSweepEvents } from '../store/sweep-events.ts';
import { listSweeps, readMetric } from '../store/sweep-list.ts';
import { readSweepSnapshot } from '../store/sweep-reader.ts';
import { findTrial } from './find-trial.ts';

/** Of one training, the newest. */
const eventLimit = 200;

/** Which sweep is watched; the dashboard may turn to another. */
export interface Watched {
  name: string;
}

/** The dashboard's single queries, over the record. */
export function dashboardSource(store: Store, watched: Watched): ViewSource {
  return {
    sweeps: () => listSweeps(store),
    events: async (sweepId, { offset: from, limit }) => {
      const [total, rows] = await Promise.all([
        countSweepEvents(store.db, sweepId),
        readSweepEvents(store.db, { sweepId, limit, offset: from }),
      ]);
      return { total, from, rows: rows.toReversed() };
    },
    trial: async (number) => {
      const sort = { by: 'trial', name: '', direction: 'minimize' } as const;
      const page = { sort, offset: number - 1 };
      const snapshot = await readSweepSnapshot(store, watched.name, { trialLimit: 1, page });
      const trial = findTrial(snapshot, number);
      const { sweepId } = snapshot;
      const { trainingId } = trial;
      const [events, losses] = await Promise.all([
        readSweepEvents(store.db, { sweepId, trainingId, limit: eventLimit }),
        readMetric(store, trainingId, 'loss'),
      ]);
      return { trial, events, losses };
    },
    watch(sweep) {
      watched.name = sweep;
    },
  };
}
