import { gunzipSync } from 'node:zlib';
import { isDecision } from '../search/search-event.ts';
import { markRepeats } from '../search/mark-repeats.ts';
import { makeScheduler } from '../search/schedulers/schedulers.ts';
import { SearchState, searchNeeds } from '../search/search-state.ts';
import type { PlannedTraining, ResolvedInputs, SweepDefinition, SweepPlan } from '../sweep/sweep-definition.ts';
import type { DatabaseTransaction } from './open-store.ts';
import { readSearchLog } from './search-log.ts';

interface RecordedSweep {
  readonly id: string;
  readonly definition: SweepDefinition;
  readonly inputs: ResolvedInputs;
  readonly frozen_plan: Buffer;
}

/**
 * The trainings of a sweep under a larger definition, those that it has under their ordinals; of a search that adapts
 * those that it has suggested. Null: something of the old is not in the new.
 */
export async function extendedPlan(
  tx: DatabaseTransaction,
  recorded: RecordedSweep,
  plan: SweepPlan,
): Promise<readonly PlannedTraining[] | null> {
  const adapts = searchNeeds(plan.definition).searching;
  if (adapts !== searchNeeds(recorded.definition).searching) return null;
  if (!adapts) {
    const merged = extendPlan(thawPlan(recorded.frozen_plan), plan.trainings);
    return merged === null ? null : markRepeats(merged, makeScheduler(plan.definition.scheduler));
  }
  const log = await readSearchLog(tx, recorded.id);
  const before = new SearchState(recorded.definition, recorded.inputs);
  const after = new SearchState(plan.definition, plan.inputs);
  const suggestions = log.flatMap(({ event }) => (isDecision(event) && event.kind === 'suggest' ? [event] : []));
  const wanted = suggestions.flatMap((suggestion) => after.trainingsOf(suggestion));
  const kept = suggestions.flatMap((suggestion) => before.trainingsOf(suggestion));
  const links = await tx
    .selectFrom('sweep_trainings')
    .innerJoin('trainings', 'trainings.id', 'training_id')
    .select(['ordinal', 'training_hash'])
    .where('sweep_id', '=', recorded.id)
    .execute();
  const linked = new Map(links.map(({ ordinal, training_hash }) => [ordinal, training_hash]));
  const isExtension =
    wanted.length === kept.length &&
    kept.every((training, index) => {
      const larger = wanted[index];
      return (
        larger !== undefined && larger.training_hash === linked.get(training.ordinal) && contains(larger, training)
      );
    });
  return isExtension ? wanted : null;
}

/** Seeds in the order of the sweep that is extended: an adaptive search numbers a point's trainings by it. */
export function inFormerOrder(definition: SweepDefinition, before: SweepDefinition): SweepDefinition {
  const seeds = definition.space['seed'];
  const former = before.space['seed'];
  if (seeds === undefined || former === undefined) return definition;
  const kept = former.filter((seed) => seeds.includes(seed));
  return {
    ...definition,
    space: { ...definition.space, seed: [...kept, ...seeds.filter((seed) => !kept.includes(seed))] },
  };
}

/** Old trainings keep their ordinals, new ones follow. Null: something of the old is not in the new. */
function extendPlan(old: readonly PlannedTraining[], wanted: readonly PlannedTraining[]): PlannedTraining[] | null {
  const byHash = new Map(wanted.map((training) => [training.training_hash, training]));
  const kept: PlannedTraining[] = [];
  for (const training of old) {
    const larger = byHash.get(training.training_hash);
    if (larger === undefined || !contains(larger, training)) return null;
    kept.push(larger);
    byHash.delete(training.training_hash);
  }
  return [...kept, ...byHash.values()].map((training, ordinal) => ({ ...training, ordinal }));
}

/** Whether it has all evaluations of the other, and its rungs: decisions were taken at those. */
function contains(larger: PlannedTraining, smaller: PlannedTraining): boolean {
  const evaluations = new Set(hashesOf(larger));
  return (
    hashesOf(smaller).every((hash) => evaluations.has(hash)) &&
    larger.rung_steps.join() === smaller.rung_steps.join() &&
    larger.stop_steps?.join() === smaller.stop_steps?.join()
  );
}

function hashesOf({ evaluations, sets = [] }: PlannedTraining): readonly string[] {
  return [...evaluations, ...sets.map(({ evaluation }) => evaluation)].map((each) => each.evaluation_hash);
}

/** The trainings that were planned at once. */
export function thawPlan(bytes: Buffer): PlannedTraining[] {
  return JSON.parse(gunzipSync(bytes).toString('utf8')) as PlannedTraining[];
}
