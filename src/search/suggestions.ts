import { DropsweepError } from '../base/errors.ts';
import type { PlannedTraining, SweepDefinition } from '../sweep/sweep-definition.ts';
import { brokenConstraint, configurationAt, planTraining, type TrainingPlanner } from './plan-trainings.ts';
import { searchedAxes } from './repeats.ts';
import type { AdaptiveSampler, SampledTrial, SearchHistory, SpacePoint } from './sampler.ts';
import { markRepeats } from './mark-repeats.ts';
import type { SearchDecision, SearchEvent, SearchFact } from './search-event.ts';
import { spaceAxes } from './space-axes.ts';
import { aheadOf } from './suggest-ahead.ts';

/** One suggested point, with what its trainings reached. */
interface SuggestedTrial {
  readonly point: SpacePoint;
  /** Trainings of it that no more is to be heard of. */
  readonly ended: Set<number>;
  pruned: boolean;
  /** Some of its trainings wait until the scheduler wants them: what the others reached counts meanwhile. */
  readonly raced: boolean;
  scored: boolean;
  rung: number | null;
  readonly values: Map<number, number>;
  /** Other objectives, where the search is told of them. */
  readonly further: Map<number, readonly number[]>;
  /** As samplers see it; null: something was heard of it since. */
  told: SampledTrial | null;
}

/** Which points a search that adapts has suggested, what became of them, and when the next is due. */
export class Suggestions implements SearchHistory {
  readonly #planner: TrainingPlanner;
  readonly #sampler: AdaptiveSampler;
  readonly #seeds: readonly (number | string | null)[];
  readonly #trials: SuggestedTrial[] = [];
  readonly #told: SampledTrial[] = [];
  readonly #learned: SampledTrial[] = [];
  readonly #hashes = new Set<string>();
  /** Trainings that a slot works on or could: neither at their end nor waiting for a decision. */
  readonly #working = new Set<number>();
  /** Null: not told yet. */
  #most: number | null = null;
  #capacity = 0;
  #stopped = false;

  constructor(planner: TrainingPlanner, sampler: AdaptiveSampler) {
    this.#planner = planner;
    this.#sampler = sampler;
    const { seeds } = searchedAxes(spaceAxes(planner.definition));
    this.#seeds = seeds.length === 0 ? [null] : seeds;
  }

  /** Trainings of the search at most. */
  static most(definition: SweepDefinition, sampler: AdaptiveSampler): number {
    return sampler.trials * Math.max(1, searchedAxes(spaceAxes(definition)).seeds.length);
  }

  /** Trainings that were suggested so far. */
  get trainings(): number {
    return this.#trials.length * this.#seeds.length;
  }

  get learned(): readonly SampledTrial[] {
    return this.#learned;
  }

  get trials(): readonly SampledTrial[] {
    this.#trials.forEach((trial, number) => {
      if (trial.told === null) this.#told[number] = trial.told = this.#tell(trial);
    });
    return this.#told;
  }

  #tell({ point, ended, pruned, rung, values, raced, scored, further }: SuggestedTrial): SampledTrial {
    const repeats = [...values.values()];
    const value = repeats.length === 0 ? null : repeats.reduce((sum, each) => sum + each, 0) / repeats.length;
    const others = further.size === 0 ? {} : { further: meansOf([...further.values()]) };
    const isPending = ended.size < this.#seeds.length && !(raced && scored);
    const state = isPending ? 'pending' : value === null ? 'failed' : pruned ? 'pruned' : 'done';
    return { point, state, value, rung, ...(this.#seeds.length < 2 ? {} : { repeats }), ...others };
  }

  accepts(point: SpacePoint): boolean {
    try {
      return !this.#hashes.has(this.#plan(point, this.#trials.length)[0]?.training_hash ?? '');
    } catch (error) {
      if (error instanceof DropsweepError) return false;
      throw error;
    }
  }

  trainingsOf({ point, ordinal }: SearchDecision): readonly PlannedTraining[] {
    return this.#plan(point ?? {}, ordinal);
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
    if (kind === 'stop') this.#stopped = true;
    if (kind === 'planned') {
      this.#most = event.value ?? 0;
      this.#stopped = false;
    }
    if (kind === 'capacity') this.#capacity = event.value ?? 0;
    const trial = this.#trials[Math.floor(ordinal / this.#seeds.length)];
    if (trial === undefined) return;
    trial.told = null;
    if (kind === 'report' || kind === 'result') this.#heard(trial, event);
    if (kind === 'retract') trial.ended.delete(ordinal);
    if (trial.ended.has(ordinal)) return;
    if (kind === 'promote' || kind === 'retract') this.#working.add(ordinal);
    if (kind === 'prune') {
      this.#working.delete(ordinal);
      trial.ended.add(ordinal);
      // One that never began says nothing of those that did.
      if (event.rung >= 0) trial.pruned = true;
    }
  }

  /** A few more than can run at once, so that no slot waits for the next point. */
  next(): SearchDecision | null {
    const number = this.#trials.length;
    const stop = (reason: string): SearchDecision => ({ kind: 'stop', ordinal: 0, rung: 0, reason });
    if (this.#stopped || this.#most === null) return null;
    if (this.trainings >= this.#most) return stop(`all ${this.#most} trainings are suggested`);
    if (this.#working.size >= aheadOf(this.#capacity)) return null;
    const suggestion = this.#sampler.suggest(number, this);
    if (suggestion === null) return stop(`the space has no point left after ${number}`);
    return { kind: 'suggest', ordinal: number, rung: 0, ...suggestion };
  }

  #plan(point: SpacePoint, number: number): readonly PlannedTraining[] {
    const trainings = this.#seeds.map((seed, repeat) => {
      const { definition } = this.#planner;
      const configuration = configurationAt(definition, seed === null ? point : { ...point, seed });
      const broken = brokenConstraint(definition, configuration);
      if (broken !== null) throw new DropsweepError('SWEEP_FILE_INVALID', 'a constraint is broken', { got: broken });
      return planTraining(this.#planner, configuration, number * this.#seeds.length + repeat);
    });
    return markRepeats(trainings, this.#planner.scheduler);
  }

  #suggested(point: SpacePoint): void {
    const trainings = this.#plan(point, this.#trials.length);
    const raced = trainings.some(({ repeat }) => repeat?.held === true);
    this.#trials.push({
      point,
      ended: new Set(),
      pruned: false,
      raced,
      scored: false,
      rung: null,
      values: new Map(),
      further: new Map(),
      told: null,
    });
    for (const { training_hash, ordinal, repeat } of trainings) {
      this.#hashes.add(training_hash);
      if (repeat?.held !== true) this.#working.add(ordinal);
    }
  }

  #learn({ value, further, point = {} }: SearchFact): void {
    const others = further === undefined ? {} : { further };
    this.#learned.push({ point, state: 'done', value, rung: 0, ...others });
  }

  #heard(trial: SuggestedTrial, { kind, ordinal, rung, value, further }: SearchFact): void {
    // A failure is told of every rung that is left; the training is over with the first.
    if (trial.ended.has(ordinal)) return;
    this.#working.delete(ordinal);
    if (value !== null) trial.rung = Math.max(rung, trial.rung ?? 0);
    if (value !== null && Number.isFinite(value)) trial.values.set(ordinal, value);
    if (further !== undefined) trial.further.set(ordinal, further);
    if (value === null) trial.values.delete(ordinal);
    if (value === null) trial.further.delete(ordinal);
    else if (kind === 'result') trial.scored = true;
    if (kind === 'result' || value === null) trial.ended.add(ordinal);
  }
}

/** Of each objective, over seeds. */
function meansOf(values: readonly (readonly number[])[]): readonly number[] {
  return (values[0] ?? []).map((_, place) => values.reduce((sum, each) => sum + (each[place] ?? 0), 0) / values.length);
}
