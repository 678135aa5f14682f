import { gunzipSync } from 'node:zlib';
import { canonicalJson } from '../base/canonical-json.ts';
import { isInside } from '../search/inside-space.ts';
import { markRepeats } from '../search/mark-repeats.ts';
import { planTraining, type TrainingPlanner } from '../search/plan-trainings.ts';
import { planSweep } from '../search/plan-sweep.ts';
import { searchedAxes } from '../search/repeats.ts';
import type { SpacePoint } from '../search/sampler.ts';
import { makeSampler } from '../search/samplers/samplers.ts';
import { makeScheduler } from '../search/schedulers/schedulers.ts';
import { SearchState, searchNeeds } from '../search/search-state.ts';
import { spaceAxes } from '../search/space-axes.ts';
import { underVersion } from '../search/under-version.ts';
import type { PlannedTraining, SweepDefinition, SweepPlan } from '../sweep/sweep-definition.ts';
import { trainerVersion } from '../sweep/trainer-version.ts';
import type { DatabaseTransaction } from './open-store.ts';
import { readSearchLog, type StagedSweep, stagesOf } from './search-log.ts';

interface RecordedSweep extends StagedSweep {
  readonly id: string;
  readonly frozen_plan: Buffer;
}

/**
 * The trainings of a sweep under a larger definition, those that it has under their ordinals; of a search that adapts
 * those of the points that it has suggested. What was drawn or suggested stays, whatever the larger file would have
 * drawn in its place, and so does the trainer version that it was planned for. Null: something of the old is not in the
 * new.
 */
export async function extendedPlan(
  tx: DatabaseTransaction,
  recorded: RecordedSweep,
  plan: SweepPlan,
): Promise<readonly PlannedTraining[] | null> {
  const { definition } = plan;
  const adapts = searchNeeds(definition).searching;
  if (adapts !== searchNeeds(recorded.definition).searching) return null;
  // What a scheduler has decided stands for all that is to come.
  if (canonicalJson({ ...definition.scheduler }) !== canonicalJson({ ...recorded.definition.scheduler })) return null;
  return adapts ? extendAdaptive(tx, recorded, plan) : extendPlanned(recorded, plan);
}

function extendPlanned(recorded: RecordedSweep, plan: SweepPlan): readonly PlannedTraining[] | null {
  const stages = stagesOf(recorded);
  const former = stages.map(({ definition }) => definition);
  if (!former.every((file) => holdsAll(plan.definition, drawnPoints(file)))) return null;
  // Points that are all there are those of the larger file; of points that are drawn, those before it have drawn too.
  const trainings = isDrawn(plan.definition)
    ? planSweep(plan.definition, plan.inputs, former).trainings
    : plan.trainings;
  const { definition, inputs } = plan;
  const planner = { definition, inputs, scheduler: makeScheduler(definition.scheduler) };
  const merged = mergePlans(planner, thawPlan(recorded.frozen_plan), trainings);
  return merged === null ? null : markRepeats(merged, planner.scheduler);
}

function isDrawn(definition: SweepDefinition): boolean {
  const sampler = makeSampler(definition);
  return sampler.independent && sampler.drawn !== undefined;
}

/** Points that a file has drawn; of a grid none: its trainings are compared. */
function drawnPoints(definition: SweepDefinition): readonly SpacePoint[] {
  const sampler = makeSampler(definition);
  if (!sampler.independent || sampler.drawn === undefined) return [];
  const { drawn } = sampler;
  return [...drawn.given, ...Array.from({ length: drawn.count }, (_, number) => drawn.at(number))];
}

/** Whether points that were drawn from another space are in this one. */
function holdsAll(definition: SweepDefinition, points: readonly SpacePoint[]): boolean {
  const axes = searchedAxes(spaceAxes(definition)).drawn;
  return points.every((point) => isInside(axes, point));
}

async function extendAdaptive(
  tx: DatabaseTransaction,
  recorded: RecordedSweep,
  plan: SweepPlan,
): Promise<readonly PlannedTraining[] | null> {
  const log = await readSearchLog(tx, recorded.id);
  const stages = stagesOf(recorded);
  const before = new SearchState(stages);
  const after = new SearchState([...stages, { definition: plan.definition, inputs: plan.inputs }]);
  for (const state of [before, after]) for (const { event } of log) state.apply(event);
  after.apply({ kind: 'extended', ordinal: 0, rung: 0, value: stages.length });
  if (!holdsAll(plan.definition, before.points)) return null;
  const links = await tx
    .selectFrom('sweep_trainings')
    .innerJoin('trainings', 'trainings.id', 'training_id')
    .select(['ordinal', 'training_hash', 'trainer_version'])
    .where('sweep_id', '=', recorded.id)
    .execute();
  const linked = new Map(links.map((link) => [link.ordinal, link]));
  const asLinked = (training: PlannedTraining): PlannedTraining => {
    const link = linked.get(training.ordinal);
    return link === undefined ? training : underVersion(training, link.trainer_version);
  };
  const wanted = after.allTrainings().map(asLinked);
  const isExtension = before.allTrainings().every((training) => {
    const larger = wanted[training.ordinal];
    return (
      larger?.training_hash === linked.get(training.ordinal)?.training_hash &&
      larger !== undefined &&
      contains(larger, asLinked(training))
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
function mergePlans(
  planner: TrainingPlanner,
  old: readonly PlannedTraining[],
  wanted: readonly PlannedTraining[],
): PlannedTraining[] | null {
  // A training's rungs may follow from its ordinal.
  const at = (training: PlannedTraining, ordinal: number): PlannedTraining =>
    training.ordinal === ordinal ? training : planTraining(planner, training.specification.configuration, ordinal);
  const byName = new Map(wanted.map((training) => [nameOf(training), training]));
  const merged: PlannedTraining[] = [];
  for (const training of old) {
    const known = byName.get(nameOf(training));
    if (known === undefined) return null;
    const larger = underVersion(at(known, training.ordinal), training.specification.trainer_version);
    if (!contains(larger, training)) return null;
    merged.push(larger);
    byName.delete(nameOf(training));
  }
  for (const training of byName.values()) merged.push(at(training, merged.length));
  return merged;
}

/** The same for a training whatever trainer it was planned for. */
function nameOf(training: PlannedTraining): string {
  return underVersion(training, trainerVersion).training_hash;
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
