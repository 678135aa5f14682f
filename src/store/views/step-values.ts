import type { Store } from '../database/open-store.ts';

/** What was recorded of a step, counted from 1: a program may have reported of some steps alone. */
export interface StepValue {
  readonly step: number;
  readonly value: number;
}

/** One metric of a training's steps, by step. */
export async function readMetric(store: Store, trainingId: string, name: string): Promise<readonly StepValue[]> {
  const chunks = await store.db
    .selectFrom('metrics')
    .select(['first_step', 'values'])
    .where('training_id', '=', trainingId)
    .where('name', '=', name)
    .orderBy('first_step')
    .execute();
  return chunks.flatMap(({ first_step: first, values }) =>
    values.map((value, index) => ({ step: first + index, value })),
  );
}

/** Several metrics, by name; empty where a metric was not recorded. */
export async function readMetrics(
  store: Store,
  trainingId: string,
  names: readonly string[],
): Promise<Readonly<Record<string, readonly StepValue[]>>> {
  const values = await Promise.all(names.map((name) => readMetric(store, trainingId, name)));
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? []]));
}
