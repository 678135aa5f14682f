import { sql } from 'kysely';
import type { Store } from '../database/open-store.ts';

/** Values that a training's steps recorded under one name, from a step on. */
export interface RecordedSteps {
  readonly name: string;
  /** Counting from 1. */
  readonly firstStep: number;
  readonly values: readonly number[];
}

/** By training all that its steps recorded, by name and step. None of a training without steps. */
export async function readRecordedSteps(
  store: Store,
  trainingIds: readonly string[],
): Promise<ReadonlyMap<string, readonly RecordedSteps[]>> {
  const chunks = await store.db
    .selectFrom('metrics')
    .select(['training_id', 'name', 'first_step', 'values'])
    .where(sql<boolean>`training_id = any(${trainingIds}::uuid[])`)
    .orderBy('name')
    .orderBy('first_step')
    .execute();
  const recorded = new Map<string, RecordedSteps[]>();
  for (const { training_id: id, name, first_step: firstStep, values } of chunks) {
    const own = recorded.get(id) ?? [];
    recorded.set(id, own);
    own.push({ name, firstStep, values });
  }
  return recorded;
}
