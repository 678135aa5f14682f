import type { Store } from '../../store/database/open-store.ts';
import { endedOf, finishedAmong, hasFinished } from '../../store/views/sweep-list.ts';
import type { SweepPlan } from '../../sweep/sweep-definition.ts';
import { kindName, kindsOf } from '../../sweep/training-kinds.ts';

/** Trainings of a plan that do not run any more: they have succeeded already, or ended in the sweep that it extends. */
export interface FinishedTrainings {
  readonly count: number;
  /** By the names of their kinds. */
  readonly ofKind: ReadonlyMap<string, number>;
  /** The plan extends a sweep; absent: it launches one. */
  readonly extends?: true;
}

const pageSize = 2_000;

/**
 * Trainings are named, page by page, only where the record has some that could be theirs.
 * @param sweepId of the sweep that the plan extends; null: it launches one
 */
export async function finishedTrainings(
  store: Store,
  { trainings, inputs }: SweepPlan,
  sweepId: string | null = null,
): Promise<FinishedTrainings> {
  const ofKind = new Map<string, number>();
  let count = 0;
  if (sweepId === null && !(await hasFinished(store, inputs))) return { count, ofKind };
  for (let start = 0; start < trainings.length; start += pageSize) {
    const page = trainings.slice(start, start + pageSize);
    const names = page.map(({ training_hash }) => training_hash);
    const finished = await finishedAmong(store, names, sweepId);
    for (const training of page) {
      if (!finished.has(training.training_hash)) continue;
      const kind = kindName(training);
      ofKind.set(kind, (ofKind.get(kind) ?? 0) + 1);
      count += 1;
    }
  }
  return { count, ofKind };
}

/** Of a plan that extends a sweep. Of a search that adapts the first trainings stand for all, those that have ended too. */
export async function endedTrainings(store: Store, plan: SweepPlan, sweepId: string): Promise<FinishedTrainings> {
  const { adaptive_trainings: adaptive, trainings } = plan;
  if (adaptive === undefined) return { ...(await finishedTrainings(store, plan, sweepId)), extends: true };
  const count = await endedOf(store, sweepId);
  const share = count / Math.max(1, adaptive);
  const ofKind = new Map(kindsOf(trainings).map((kind) => [kindName(kind.first), share * kind.count]));
  return { count, ofKind, extends: true };
}
