import type { SweepSnapshot, TrialPage } from '../../store/views/sweep-snapshot.ts';
import { pageAsked } from '../tables/trial-table.ts';
import type { ViewState } from '../view-state.ts';

/** What a reading of the sweep is asked for. */
export interface SnapshotAsked {
  /** Which trials, of a sweep that has too many to read them all; absent: the best. */
  readonly page?: TrialPage;
  /** Whether trials are shown: of a sweep that has too many, none are read where they are not. */
  readonly trials: boolean;
}

export type ReadSnapshot = (asked: SnapshotAsked) => Promise<SweepSnapshot>;

/** Readings of the sweep that is watched: of a large one, trials are read for the views alone that show them. */
export class SnapshotReading {
  readonly #read: ReadSnapshot;
  #passed = false;

  constructor(read: ReadSnapshot) {
    this.#read = read;
  }

  /** Whether the trials of the last reading are those of one before it, or none. */
  get passedTrials(): boolean {
    return this.#passed;
  }

  /** @param former the last reading of any sweep; null: there is none */
  async next(former: SweepSnapshot | null, trials: boolean, state: ViewState): Promise<SweepSnapshot> {
    const page = former === null ? {} : { page: pageAsked(former, state) };
    const snapshot = await this.#read({ ...page, trials });
    const { trials: read, trialCount, matching = trialCount } = snapshot;
    this.#passed = !trials && read.length === 0 && matching > 0;
    return this.#passed ? withTrialsOf(snapshot, former) : snapshot;
  }
}

/** The trials that were there last stay until somebody looks at them. */
function withTrialsOf(snapshot: SweepSnapshot, former: SweepSnapshot | null): SweepSnapshot {
  if (former?.sweepId !== snapshot.sweepId) return snapshot;
  const { trials, page, tradeoff, frontCandidates, matching } = former;
  return {
    ...snapshot,
    trials,
    ...(page === undefined ? {} : { page }),
    ...(tradeoff === undefined ? {} : { tradeoff }),
    ...(frontCandidates === undefined ? {} : { frontCandidates }),
    ...(matching === undefined ? {} : { matching }),
  };
}
