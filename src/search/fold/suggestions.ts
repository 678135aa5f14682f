import { DropsweepError } from '../../base/errors.ts';
import { type FailureKind, isInfeasible } from '../../sweep/failure-kinds.ts';
import type { PlannedTraining, SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';
import type { FoldMemory } from './fold-memory.ts';
import { PointOrdinals } from '../planning/point-ordinals.ts';
import { brokenConstraint, configurationAt, planTraining, type TrainingPlanner } from '../planning/plan-trainings.ts';
import { searchedAxes } from '../space/repeats.ts';
import type { AdaptiveSampler, SampledTrial, SearchHistory, SpacePoint } from '../sampler.ts';
import { markRepeats } from '../space/mark-repeats.ts';
import type { SearchDecision, SearchEvent, SearchFact } from './search-event.ts';
import { spaceAxes } from '../space/space-axes.ts';
import { isDue } from './suggest-ahead.ts';

/** One suggested point, with what its trainings reached. */
interface SuggestedTrial {
  readonly point: SpacePoint;
  /** Trainings of it that no more is to be heard of. */
  readonly ended: Set<number>;
  pruned: boolean;
  /** Some of its trainings wait until the scheduler wants them: what the others reached counts meanwhile. */
  raced: boolean;
  scored: boolean;
  rung: number | null;
  readonly values: Map<number, number>;
  /** Trainings that failed; `unknown` where an earlier version told it. */
  readonly failures: Map<number, FailureKind | 'unknown'>;
  /** Other objectives, where the search is told of them. */
  readonly further: Map<number, readonly number[]>;
}

interface SuggestionsMemory {
  readonly trials: SuggestedTrial[];
  readonly learned: SampledTrial[];
  /** Of each point, its first training's. */
  readonly hashes: Set<string>;
  /** Trainings that a slot works on or could: neither at their end nor waiting for a decision. */
  readonly working: Set<number>;
  /** Trainings at most; null: not told yet. */
  most: number | null;
  capacity: number;
  /** Points that follow from no result, at a time; 1: no more than others. */
  together: number;
  stopped: boolean;
}

/** Which points a search that adapts has suggested, what became of them, and when the next is due. */
export class Suggestions implements SearchHistory {
  readonly #planner: TrainingPlanner;
  readonly #sampler: AdaptiveSampler;
  readonly #seeds: readonly (number | string | null)[];
  readonly #own: SuggestionsMemory;
  readonly #ordinals: PointOrdinals;
  /** Trials as samplers see them, but for those that something was heard of since. */
  readonly #told: SampledTrial[] = [];
  readonly #untold = new Set<number>();

  constructor(planner: TrainingPlanner, sampler: AdaptiveSampler, memory: FoldMemory) {
    this.#planner = planner;
    this.#sampler = sampler;
    const { seeds } = searchedAxes(spaceAxes(planner.definition));
    this.#seeds = seeds.length === 0 ? [null] : seeds;
    this.#own = memory.part('suggestions', {
      trials: [],
      learned: [],
      hashes: new Set(),
      working: new Set(),
      most: null,
      capacity: 0,
      together: 1,
      stopped: false,
    });
    this.#ordinals = new PointOrdinals(memory.part('ordinals', { trainingsOf: [], pointOf: [] }));
    for (let number = 0; number < this.#own.trials.length; number += 1) this.#untold.add(number);
  }

  /** Trainings of the search at most. */
  static most(definition: SweepDefinition, sampler: AdaptiveSampler): number {
    return sampler.trials * Math.max(1, searchedAxes(spaceAxes(definition)).seeds.length);
  }

  /** Trainings that were suggested so far. */
  get trainings(): number {
    return this.#ordinals.trainings;
  }

  get learned(): readonly SampledTrial[] {
    return this.#own.learned;
  }

  get trials(): readonly SampledTrial[] {
    for (const number of this.#untold) {
      const trial = this.#own.trials[number];
      if (trial !== undefined) this.#told[number] = this.#tell(trial);
    }
    this.#untold.clear();
    return this.#told;
  }

  /** A larger sweep file holds: points that lack some of its seeds get them, and it is to be told how many there may be. */
  widen(): void {
    this.#own.most = null;
    const before = this.trainings;
    this.#ordinals.widen(this.#seeds.length);
    if (this.trainings === before) return;
    this.#own.trials.forEach((trial, number) => {
      this.#untold.add(number);
      this.#begin(
        trial,
        this.trainingsAt(number).filter(({ ordinal }) => ordinal >= before),
      );
    });
  }

  #begin(trial: SuggestedTrial, trainings: readonly PlannedTraining[]): void {
    for (const { ordinal, repeat } of trainings) {
      if (repeat?.held === true) trial.raced = true;
      else this.#own.working.add(ordinal);
    }
  }

  #tell({ point, ended, pruned, rung, values, failures, raced, scored, further }: SuggestedTrial): SampledTrial {
    const repeats = [...values.values()];
    const value = repeats.length === 0 ? null : repeats.reduce((sum, each) => sum + each, 0) / repeats.length;
    const others = further.size === 0 ? {} : { further: meansOf([...further.values()]) };
    const isPending = ended.size < this.#seeds.length && !(raced && scored);
    const state = isPending ? 'pending' : value === null ? failedState(failures.values()) : pruned ? 'pruned' : 'done';
    return { point, state, value, rung, ...(this.#seeds.length < 2 ? {} : { repeats }), ...others };
  }

  accepts(point: SpacePoint): boolean {
    return this.#refusalOf(point) === null;
  }

  isSpent(point: SpacePoint): boolean {
    return this.#refusalOf(point) === 'for good';
  }

  /** Null: none. Whether a training has enough steps for its rungs may depend on how many there are before it. */
  #refusalOf(point: SpacePoint): 'for good' | 'for now' | null {
    try {
      const configuration = this.#configurationAt(point, 0);
      if (brokenConstraint(this.#planner.definition, configuration) !== null) return 'for good';
      const { training_hash: hash } = planTraining(this.#planner, configuration, this.trainings);
      return this.#own.hashes.has(hash) ? 'for good' : null;
    } catch (error) {
      if (error instanceof DropsweepError) return 'for now';
      throw error;
    }
  }

  /** Ordinals of the trainings of a point that was suggested. */
  ordinalsOf(number: number): readonly number[] {
    return this.#ordinals.trainingsOf(number);
  }

  /** The trainings of a point that was suggested. */
  trainingsAt(number: number): readonly PlannedTraining[] {
    const point = this.#own.trials[number]?.point ?? {};
    const trainings = this.#ordinals
      .trainingsOf(number)
      .map((ordinal, repeat) => this.#training(point, repeat, ordinal));
    return markRepeats(trainings, this.#planner.scheduler);
  }

  apply(event: SearchEvent): void {
    const { kind, ordinal } = event;
    if (kind === 'suggest') {
      this.#suggested(event.point ?? {});
      return;
    }
    if (kind === 'learned') {
      this.#learn(event);
      return;
    }
    if (kind === 'stop') this.#own.stopped = true;
    if (kind === 'planned') {
      this.#own.most = event.value ?? 0;
      this.#own.stopped = false;
    }
    if (kind === 'capacity') this.#own.capacity = event.value ?? 0;
    if (kind === 'together') this.#own.together = event.value ?? 1;
    const number = this.#ordinals.pointOf(ordinal) ?? -1;
    const trial = this.#own.trials[number];
    if (trial === undefined) return;
    this.#untold.add(number);
    if (kind === 'report' || kind === 'result') this.#heard(trial, event);
    if (kind === 'retract') {
      trial.ended.delete(ordinal);
      trial.failures.delete(ordinal);
    }
    if (trial.ended.has(ordinal)) return;
    if (kind === 'promote' || kind === 'retract') this.#own.working.add(ordinal);
    if (kind === 'prune') {
      this.#own.working.delete(ordinal);
      trial.ended.add(ordinal);
      // One that never began says nothing of those that did.
      if (event.rung >= 0) trial.pruned = true;
    }
  }

  /** Ahead of demand, so that no slot waits for the next point. */
  next(): SearchDecision | null {
    const number = this.#own.trials.length;
    const stop = (reason: string): SearchDecision => ({ kind: 'stop', ordinal: 0, rung: 0, reason });
    if (this.#own.stopped || this.#own.most === null) return null;
    if (this.trainings >= this.#own.most) return stop(`all ${this.#own.most} trainings are suggested`);
    const { working, capacity, together, learned } = this.#own;
    const opening = this.#sampler.opening(learned.length);
    if (!isDue(number, { working: working.size, capacity, opening, together })) return null;
    const suggestion = this.#sampler.suggest(number, this);
    if (suggestion.point === null) return stop(suggestion.reason);
    return { kind: 'suggest', ordinal: number, rung: 0, ...suggestion };
  }

  /** @param repeat which of the seeds */
  #training(point: SpacePoint, repeat: number, ordinal: number): PlannedTraining {
    const configuration = this.#configurationAt(point, repeat);
    const broken = brokenConstraint(this.#planner.definition, configuration);
    if (broken !== null) throw new DropsweepError('SWEEP_FILE_INVALID', 'a constraint is broken', { got: broken });
    return planTraining(this.#planner, configuration, ordinal);
  }

  #configurationAt(point: SpacePoint, repeat: number): TrainingConfiguration {
    const seed = this.#seeds[repeat] ?? null;
    return configurationAt(this.#planner.definition, seed === null ? point : { ...point, seed });
  }

  #suggested(point: SpacePoint): void {
    const number = this.#own.trials.length;
    const trial: SuggestedTrial = {
      point,
      ended: new Set(),
      pruned: false,
      raced: false,
      scored: false,
      rung: null,
      values: new Map(),
      failures: new Map(),
      further: new Map(),
    };
    this.#own.trials.push(trial);
    this.#untold.add(number);
    this.#ordinals.add(this.#seeds.length);
    const trainings = this.trainingsAt(number);
    this.#own.hashes.add(trainings[0]?.training_hash ?? '');
    this.#begin(trial, trainings);
  }

  #learn({ value, further, failure, point = {} }: SearchFact): void {
    const others = further === undefined ? {} : { further };
    const state = value === null ? failedState([failure ?? 'unknown']) : 'done';
    this.#own.learned.push({ point, state, value, rung: 0, ...others });
  }

  #heard(trial: SuggestedTrial, { kind, ordinal, rung, value, further, failure }: SearchFact): void {
    // A failure is told of every rung that is left; the training is over with the first.
    if (trial.ended.has(ordinal)) return;
    this.#own.working.delete(ordinal);
    if (value !== null) trial.rung = Math.max(rung, trial.rung ?? 0);
    if (value !== null && Number.isFinite(value)) trial.values.set(ordinal, value);
    if (further !== undefined) trial.further.set(ordinal, further);
    if (value === null) trial.values.delete(ordinal);
    if (value === null) trial.failures.set(ordinal, failure ?? 'unknown');
    if (value === null) trial.further.delete(ordinal);
    else if (kind === 'result') trial.scored = true;
    if (kind === 'result' || value === null) trial.ended.add(ordinal);
  }
}

/** Of a point without a value: that one of its trainings could not be trained says more than that others failed. */
function failedState(failures: Iterable<FailureKind | 'unknown'>): 'failed' | 'infeasible' {
  return [...failures].some((kind) => kind !== 'unknown' && isInfeasible(kind)) ? 'infeasible' : 'failed';
}

/** Of each objective, over seeds. */
function meansOf(values: readonly (readonly number[])[]): readonly number[] {
  return (values[0] ?? []).map((_, place) => values.reduce((sum, each) => sum + (each[place] ?? 0), 0) / values.length);
}
