import type { Store } from '../../store/database/open-store.ts';
import { finishedAmong, hasFinished } from '../../store/views/sweep-list.ts';
import type { SweepPlan } from '../../sweep/sweep-definition.ts';
import { kindName } from '../../sweep/training-kinds.ts';

/** Trainings of a plan that have succeeded already, which a launch will reuse. */
export interface FinishedTrainings {
  readonly count: number;
  /** By the names of their kinds. */
  readonly ofKind: ReadonlyMap<string, number>;
}

const pageSize = 2_000;

/** Trainings are named, page by page, only where the record has some that could be theirs. */
export async function finishedTrainings(store: Store, { trainings, inputs }: SweepPlan): Promise<FinishedTrainings> {
  const ofKind = new Map<string, number>();
  let count = 0;
  if (!(await hasFinished(store, inputs))) return { count, ofKind };
  for (let start = 0; start < trainings.length; start += pageSize) {
    const page = trainings.slice(start, start + pageSize);
    const names = page.map(({ training_hash }) => training_hash);
    const finished = await finishedAmong(store, names);
    for (const training of page) {
      if (!finished.has(training.training_hash)) continue;
      const kind = kindName(training);
      ofKind.set(kind, (ofKind.get(kind) ?? 0) + 1);
      count += 1;
    }
  }
  return { count, ofKind };
}
