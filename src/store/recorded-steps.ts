import type { Store } from './open-store.ts';

/** Values that a training's steps recorded under one name, from a step on. */
export interface RecordedSteps {
  readonly name: string;
  /** Counting from 1. */
  readonly firstStep: number;
  readonly values: readonly number[];
}

/** All that a training's steps recorded, by name and step. */
export async function readRecordedSteps(store: Store, trainingId: string): Promise<readonly RecordedSteps[]> {
  const chunks = await store.db
    .selectFrom('metrics')
    .select(['name', 'first_step', 'values'])
    .where('training_id', '=', trainingId)
    .orderBy('name')
    .orderBy('first_step')
    .execute();
  return chunks.map(({ name, first_step: firstStep, values }) => ({ name, firstStep, values }));
}
