import { canonicalJson } from '../../base/canonical-json.ts';
import { brokenFor, isInside } from '../../search/space/inside-space.ts';
import { markRepeats } from '../../search/space/mark-repeats.ts';
import { planTraining, type TrainingPlanner } from '../../search/planning/plan-trainings.ts';
import { planSweep } from '../../search/planning/plan-sweep.ts';
import { type FrozenPoints, PointTrainings } from '../../search/planning/point-trainings.ts';
import { searchedAxes } from '../../search/space/repeats.ts';
import type { SpacePoint } from '../../search/sampler.ts';
import { makeSampler } from '../../search/samplers/samplers.ts';
import { makeScheduler } from '../../search/schedulers/schedulers.ts';
import { type SearchStage, SearchState, searchNeeds } from '../../search/fold/search-state.ts';
import { spaceAxes } from '../../search/space/space-axes.ts';
import { underVersion } from '../../search/planning/under-version.ts';
import type { PlannedTraining, PlannedTrainings, SweepDefinition, SweepPlan } from '../../sweep/sweep-definition.ts';
import { plannedVersion, trainerVersion } from '../../sweep/trainer-version.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { type PlannedSweep, thawPlan } from './frozen-plan.ts';
import { readSearchLog, stagesOf } from '../search/search-log.ts';

export interface RecordedSweep extends PlannedSweep {
  readonly id: string;
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
): Promise<SweepPlan | null> {
  const { definition } = plan;
  const adapts = searchNeeds(definition).searching;
  if (adapts !== searchNeeds(recorded.definition).searching) return null;
  // What a scheduler has decided stands for all that is to come.
  if (canonicalJson({ ...definition.scheduler }) !== canonicalJson({ ...recorded.definition.scheduler })) return null;
  if (asksForFewer(definition, stagesOf(recorded))) return null;
  if (!adapts) return extendPlanned(recorded, plan);
  const trainings = await extendAdaptive(tx, recorded, plan);
  return trainings === null ? null : { ...plan, trainings, trials: trialsOf(trainings) };
}

/** Points that are drawn, or suggested, so many as the file says: of a grid it says none. */
function asksForFewer({ search }: SweepDefinition, former: readonly SearchStage[]): boolean {
  const { trials: wanted } = search;
  if (typeof wanted !== 'number') return false;
  return former.some(({ definition: { search: before } }) => Number(before['trials'] ?? 0) > wanted);
}

function extendPlanned(recorded: RecordedSweep, plan: SweepPlan): SweepPlan | null {
  const stages = stagesOf(recorded);
  const former = stages.map(({ definition }) => definition);
  if (!former.every((file) => holdsAll(plan.definition, file, drawnPoints(file)))) return null;
  // Points that are all there are those of the larger file; of points that are drawn, those before it have drawn too.
  const larger = isDrawn(plan.definition) ? planSweep(plan.definition, plan.inputs, former) : plan;
  const old = thawPlan(recorded);
  const { definition, inputs } = plan;
  const planner = { definition, inputs, scheduler: makeScheduler(definition.scheduler) };
  const order = mergedOrder(planner, old, larger.trainings);
  return order === null ? null : { ...larger, definition, trainings: inOrder(planner, larger.trainings, order) };
}

function isDrawn(definition: SweepDefinition): boolean {
  const sampler = makeSampler(definition);
  return sampler.independent && sampler.drawn !== undefined;
}

/** Points that a file has drawn. Of a grid, and of those that were given, none: their trainings are compared. */
function drawnPoints(definition: SweepDefinition): readonly SpacePoint[] {
  const sampler = makeSampler(definition);
  if (!sampler.independent || sampler.drawn === undefined) return [];
  const { drawn } = sampler;
  return Array.from({ length: drawn.count }, (_, number) => drawn.at(number));
}

/**
 * Whether points of a former file's space are in this one. A point that a person gave may have been outside of its own
 * file's: that does not keep the sweep from being extended.
 */
function holdsAll(definition: SweepDefinition, former: SweepDefinition, points: readonly SpacePoint[]): boolean {
  const axesOf = (file: SweepDefinition) => searchedAxes(spaceAxes(file)).drawn;
  const [axes, formerAxes] = [axesOf(definition), axesOf(former)];
  return points.every((point) => isInside(axes, point) || !isInside(formerAxes, point));
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
  if (!holdsAll(plan.definition, recorded.definition, before.points)) return null;
  if (before.points.some((point) => brokenFor(plan.definition, point) !== null)) return null;
  after.apply({ kind: 'extended', ordinal: 0, rung: 0, value: stages.length });
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

/** The trainings of a larger plan in an order that keeps those of a smaller one under their ordinals. */
interface MergedOrder {
  /** Which of the larger plan's each is. */
  readonly ordinals: readonly number[];
  readonly versions: FrozenPoints['versions'];
}

/** Old trainings keep their ordinals, new ones follow. Null: something of the old is not in the new. */
function mergedOrder(planner: TrainingPlanner, old: PlannedTrainings, wanted: PlannedTrainings): MergedOrder | null {
  const places = new Map<string, number>();
  for (const training of wanted) places.set(nameOf(training), training.ordinal);
  const ordinals: number[] = [];
  const versions: (readonly [string, number])[] = [];
  for (const training of old) {
    const name = nameOf(training);
    const place = places.get(name);
    const [known] = place === undefined ? [] : wanted.slice(place, place + 1);
    const version = training.specification.trainer_version;
    if (place === undefined || known === undefined) return null;
    if (!contains(underVersion(at(planner, known, training.ordinal), version), training)) return null;
    ordinals.push(place);
    places.delete(name);
    if (versions.at(-1)?.[0] === version) versions.pop();
    versions.push([version, ordinals.length]);
  }
  for (const place of places.values()) ordinals.push(place);
  versions.push([plannedVersion(planner.definition), ordinals.length]);
  return { ordinals, versions };
}

function inOrder(planner: TrainingPlanner, wanted: PlannedTrainings, order: MergedOrder): PlannedTrainings {
  const { ordinals, versions } = order;
  if (wanted instanceof PointTrainings) return wanted.inOrder(ordinals, versions);
  const all = [...wanted];
  const merged = ordinals.flatMap((place, ordinal): readonly PlannedTraining[] => {
    const training = all[place];
    const [version] = versions.find(([, end], index) => ordinal < end && index < versions.length - 1) ?? [];
    if (training === undefined) return [];
    const placed = at(planner, training, ordinal);
    return [version === undefined ? placed : underVersion(placed, version)];
  });
  return markRepeats(merged, planner.scheduler);
}

/** A training's rungs may follow from its ordinal. */
function at(planner: TrainingPlanner, training: PlannedTraining, ordinal: number): PlannedTraining {
  if (training.ordinal === ordinal) return training;
  return planTraining(planner, training.specification.configuration, ordinal);
}

function trialsOf(trainings: readonly PlannedTraining[]): number {
  return trainings.reduce((sum, { evaluations }) => sum + evaluations.length, 0);
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
