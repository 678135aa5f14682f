import type {
  PlannedRepeat,
  PlannedTraining,
  PlannedTrainings,
  SweepDefinition,
  TrainingKind,
} from '../../sweep/sweep-definition.ts';
import { plannedVersion } from '../../sweep/trainer-version.ts';
import { RepeatMarker } from '../space/mark-repeats.ts';
import { configurationAt, planTraining, type TrainingPlanner } from './plan-trainings.ts';
import { makeScheduler } from '../schedulers/schedulers.ts';
import type { SearchStage } from '../fold/search-state.ts';
import type { NumberedPoints } from '../space/numbered-points.ts';
import { stagedPoints } from '../space/staged-points.ts';
import { underVersion } from './under-version.ts';

/** What is kept of a plan of points: which of them are trained, in which order. The rest follows from the sweep file. */
export interface FrozenPoints {
  /** The space as the file has it: the record keeps neither the order of axes nor, extended, that of seeds. */
  readonly space: readonly (readonly [string, SweepDefinition['space'][string]])[];
  /** Numbers of the points, by ordinal, each as its distance from the one before. */
  readonly steps: readonly number[];
  /** Versions of the trainer that they were planned for, each with the ordinal that it ends before. */
  readonly versions: readonly (readonly [string, number])[];
}

/** Between them a page is made: few enough to be nothing, enough to be made at once. */
const pageSize = 500;

/**
 * The trainings of points that need no results. Of each it holds the number of its point alone: a training is a function
 * of the sweep file, the number and its ordinal, and is made whenever it is asked for.
 */
export class PointTrainings implements PlannedTrainings {
  readonly kinds?: readonly TrainingKind[];
  readonly #planner: TrainingPlanner;
  readonly #points: NumberedPoints;
  readonly #numbers: readonly number[];
  readonly #versions: FrozenPoints['versions'];
  #repeats: readonly PlannedRepeat[] | undefined;

  constructor(
    planner: TrainingPlanner,
    points: NumberedPoints,
    numbers: readonly number[],
    { kinds, versions }: { readonly kinds?: readonly TrainingKind[]; readonly versions?: FrozenPoints['versions'] },
  ) {
    this.#planner = planner;
    this.#points = points;
    this.#numbers = numbers;
    this.#versions = versions ?? [[plannedVersion(planner.definition), numbers.length]];
    if (kinds !== undefined) this.kinds = kinds;
  }

  /** @param stages the sweep files of the search, as they are recorded */
  static thaw({ space, steps, versions }: FrozenPoints, stages: readonly SearchStage[]): PointTrainings {
    const files = stages.map(({ definition }) => definition);
    const newest = stages.at(-1);
    if (newest === undefined) throw new RangeError('a search has a sweep file');
    const definition = { ...newest.definition, space: Object.fromEntries(space) };
    const planner = { definition, inputs: newest.inputs, scheduler: makeScheduler(definition.scheduler) };
    let number = 0;
    const numbers = steps.map((step) => (number += step));
    return new PointTrainings(planner, stagedPoints([...files.slice(0, -1), definition]), numbers, { versions });
  }

  get frozen(): FrozenPoints {
    return {
      space: Object.entries(this.#planner.definition.space),
      steps: this.#numbers.map((number, ordinal) => number - (this.#numbers[ordinal - 1] ?? 0)),
      versions: this.#versions,
    };
  }

  get length(): number {
    return this.#numbers.length;
  }

  slice(start: number, end: number): readonly PlannedTraining[] {
    return this.#numbers.slice(start, end).map((number, index) => this.#training(number, start + index));
  }

  *[Symbol.iterator](): Iterator<PlannedTraining> {
    for (let start = 0; start < this.length; start += pageSize) yield* this.slice(start, start + pageSize);
  }

  /** The same trainings in another order. @param ordinals what each was before */
  inOrder(ordinals: readonly number[], versions: FrozenPoints['versions']): PointTrainings {
    const numbers = ordinals.map((ordinal) => this.#numbers[ordinal] ?? 0);
    return new PointTrainings(this.#planner, this.#points, numbers, { versions });
  }

  #training(number: number, ordinal: number): PlannedTraining {
    const configuration = configurationAt(this.#planner.definition, this.#points.at(number));
    const version = this.#versions.find(([, end]) => ordinal < end)?.[0];
    const made = planTraining(this.#planner, configuration, ordinal);
    const planned = version === undefined ? made : underVersion(made, version);
    const repeat = this.#repeatOf(ordinal);
    return repeat === undefined ? planned : { ...planned, repeat };
  }

  #repeatOf(ordinal: number): PlannedRepeat | undefined {
    const { scheduler, definition } = this.#planner;
    if (scheduler.repeats === undefined) return undefined;
    if (this.#repeats === undefined) {
      const marker = new RepeatMarker(scheduler.repeats);
      this.#repeats = this.#numbers.map((number, each) =>
        marker.mark(each, configurationAt(definition, this.#points.at(number))),
      );
    }
    return this.#repeats[ordinal];
  }
}
