import type { PlannedTraining, ResolvedInputs, SweepDefinition } from '../../sweep/sweep-definition.ts';
import { BudgetFold } from './budget.ts';
import { FoldMemory } from './fold-memory.ts';
import { spellingOf } from '../estimates/spell-value.ts';
import { furtherObjectives } from './heard-objectives.ts';
import { openingFacts, repeatFacts, seedCount } from './opening-facts.ts';
import type { SpacePoint } from '../sampler.ts';
import { makeSampler } from '../samplers/samplers.ts';
import type { SchedulerFold } from '../scheduler.ts';
import { makeScheduler } from '../schedulers/schedulers.ts';
import { isDecision, type SearchDecision, type SearchEvent, type SearchFact } from './search-event.ts';
import { Suggestions } from './suggestions.ts';

/** A sweep file of a search: as it was launched with, or extended to. */
export interface SearchStage {
  readonly definition: SweepDefinition;
  readonly inputs: ResolvedInputs;
}

interface SearchMemory {
  /** Number of the sweep file that holds, from 0. */
  stage: number;
  /** Reports and results, with whether the training had failed. */
  readonly heard: Map<string, boolean>;
  /** By training the rungs at which it had failed, by a report or a result. */
  readonly failures: Map<number, Set<number>>;
  readonly decided: Set<string>;
  /** Why it ended before its last training; null: it did not. */
  halted: string | null;
  readonly due: Map<string, SearchDecision>;
  /** Decisions that the end has overtaken: they hold again when the search goes on. */
  readonly overtaken: Map<string, SearchDecision>;
}

/**
 * A search as a fold over its recorded events: apply them one after the other, in their order; `next` is the decision
 * that follows and is not recorded yet. Whoever asks records it and applies it too, then asks again. The same sweep files
 * and the same events give the same decisions, whoever folds them, in how many pieces, and however often it begins anew.
 */
export class SearchState {
  readonly #stages: readonly SearchStage[];
  readonly #memory: FoldMemory;
  readonly #own: SearchMemory;
  #ladder: SchedulerFold;
  /** Null: all points were suggested at once, by the plan. */
  #suggestions: Suggestions | null;
  #budget: BudgetFold;
  /** Objectives that it is told of besides the first. */
  #others: number;

  /**
   * @param stages the sweep file as it was launched, and as it was extended to, in their order
   * @param memory of a state of the same stages, or of the first of them, that has heard the events so far
   */
  constructor(stages: readonly SearchStage[], memory = FoldMemory.empty()) {
    this.#stages = stages;
    this.#memory = memory;
    this.#own = memory.part('search', {
      stage: 0,
      heard: new Map(),
      failures: new Map(),
      decided: new Set(),
      halted: null,
      due: new Map(),
      overtaken: new Map(),
    });
    ({
      ladder: this.#ladder,
      suggestions: this.#suggestions,
      budget: this.#budget,
      others: this.#others,
    } = this.#open());
  }

  /** Opens what takes part under the sweep file that holds, each over what it remembers. */
  #open() {
    const stage = this.#stages[this.#own.stage];
    if (stage === undefined) throw new RangeError(`no sweep file ${this.#own.stage} of ${this.#stages.length}`);
    const { definition, inputs } = stage;
    const scheduler = makeScheduler(definition.scheduler);
    const sampler = makeSampler(definition);
    return {
      ladder: scheduler.open(seedCount(definition), this.#memory.within('ladder'), spellingOf(definition.objectives)),
      budget: new BudgetFold(definition.budget ?? {}, definition.objectives[0], this.#memory),
      others: furtherObjectives(definition).length,
      suggestions: sampler.independent
        ? null
        : new Suggestions({ definition, inputs, scheduler }, sampler, this.#memory),
    };
  }

  /** Trainings that an adaptive search begins with, before anything is recorded of it. */
  static firstTrainings(definition: SweepDefinition, inputs: ResolvedInputs): readonly PlannedTraining[] {
    const state = new SearchState([{ definition, inputs }]);
    for (const fact of openingFacts(definition, [])) state.apply(fact);
    const trainings: PlannedTraining[] = [];
    for (let next = state.next(); next?.kind === 'suggest'; next = state.next()) {
      state.apply(next);
      trainings.push(...state.trainingsOf(next));
    }
    return trainings;
  }

  apply(event: SearchEvent): void {
    if (isDecision(event)) this.#applyDecision(event);
    else this.#applyFact(event);
  }

  /** Whether that report or result is known, and not withdrawn. */
  hasHeard({ kind, ordinal, rung }: Pick<SearchFact, 'kind' | 'ordinal' | 'rung'>): boolean {
    return this.#own.heard.has(`${kind} ${ordinal}/${rung}`);
  }

  /** Rungs at which failures of the training stand, which hold no more once it is tried again. */
  failuresOf(ordinal: number): readonly number[] {
    return [...(this.#own.failures.get(ordinal) ?? [])];
  }

  /** Number of the sweep file that holds, from 0. */
  get stage(): number {
    return this.#own.stage;
  }

  /** All that it remembers: a state that is opened over it, and told the events that follow, is this one. */
  get memory(): FoldMemory {
    return this.#memory;
  }

  /** Results of former sweeps that it was told of. */
  get learned(): number {
    return this.#suggestions?.learned.length ?? 0;
  }

  /** Whether it was told which trainings are repeats of one configuration. */
  get knowsRepeats(): boolean {
    return this.#budget.knowsRepeats;
  }

  /** As it is now. */
  get budget(): BudgetFold['budget'] {
    return this.#budget.budget;
  }

  /** Decisions at rungs that follow and are not recorded yet. */
  get due(): readonly SearchDecision[] {
    return [...this.#own.due.values()];
  }

  /** Null: nothing follows from what was recorded so far. */
  next(): SearchDecision | null {
    const spent = this.#own.halted === null ? this.#budget.spent() : null;
    if (spent !== null) return { kind: 'halt', ordinal: 0, rung: 0, reason: spent };
    const [due] = this.#own.due.values();
    return due ?? (this.#own.halted === null ? this.#suggestions?.next() : null) ?? null;
  }

  /** The trainings of a suggested point, one for each seed. */
  trainingsOf(suggestion: SearchDecision): readonly PlannedTraining[] {
    return this.#suggestions?.trainingsAt(suggestion.ordinal) ?? [];
  }

  /** Of an adaptive search: the trainings of all points that it has suggested, by their ordinals. */
  allTrainings(): readonly PlannedTraining[] {
    const points = this.#suggestions?.trials.map((_, number) => this.#suggestions?.trainingsAt(number) ?? []) ?? [];
    return points.flat().sort((a, b) => a.ordinal - b.ordinal);
  }

  /** The points that it has suggested. */
  get points(): readonly SpacePoint[] {
    return this.#suggestions?.trials.map(({ point }) => point) ?? [];
  }

  #applyFact(fact: SearchFact): void {
    const { kind, ordinal, rung, value } = fact;
    if (kind === 'extended') this.#extend(value ?? 0);
    const isScore = kind === 'report' || kind === 'result';
    const scored = isScore ? this.#withoutGroups(fact) : fact;
    this.#suggestions?.apply(scored);
    this.#budget.hear(fact);
    if (kind === 'planned') this.#goOn();
    if (kind === 'planned') this.#add(this.#ladder.planned(value ?? 0));
    if (kind === 'retract') {
      for (const heard of ['report', 'result']) this.#own.heard.delete(`${heard} ${ordinal}/${rung}`);
      this.#noteFailures(ordinal, rung);
      this.#ladder.retract(ordinal, rung);
    }
    if (kind === 'report' || kind === 'result') {
      this.#own.heard.set(`${kind} ${ordinal}/${rung}`, value === null);
      this.#noteFailures(ordinal, rung);
    }
    if (kind === 'report') this.#add(this.#decisionsOn(scored));
    if (kind === 'capacity' || kind === 'repeat') this.#add(this.#ladder.also?.(fact) ?? []);
    if (kind === 'result') this.#add(this.#ladder.also?.({ ...fact, further: this.#groupsOf(fact) }) ?? []);
  }

  #noteFailures(ordinal: number, rung: number): void {
    const { heard, failures } = this.#own;
    const hasFailed = ['report', 'result'].some((kind) => heard.get(`${kind} ${ordinal}/${rung}`) === true);
    const rungs = failures.get(ordinal) ?? new Set();
    if (hasFailed) failures.set(ordinal, rungs.add(rung));
    else if (rungs.delete(rung) && rungs.size === 0) failures.delete(ordinal);
  }

  /** A score tells of the other objectives first, and then of groups of rows. */
  #withoutGroups({ further = [], ...fact }: SearchFact): SearchFact {
    const objectives = further.slice(0, this.#others);
    return objectives.length === 0 ? fact : { ...fact, further: objectives };
  }

  #groupsOf({ further = [] }: SearchFact): readonly number[] {
    return further.slice(this.#others);
  }

  /** A search that has ended keeps nobody waiting. */
  #decisionsOn({ ordinal, rung, value, further }: SearchFact): readonly SearchDecision[] {
    const decisions = this.#ladder.report(ordinal, rung, value, further);
    if (this.#own.halted === null) return decisions;
    this.#add(decisions.filter((each) => each.ordinal !== ordinal));
    const reason = `rung ${rung}: the search has ended, ${this.#own.halted}`;
    if (value !== null) this.#own.due.set(`${ordinal}/${rung}`, { kind: 'prune', ordinal, rung, reason });
    return [];
  }

  #applyDecision(decision: SearchDecision): void {
    const { kind, ordinal, rung } = decision;
    this.#suggestions?.apply(decision);
    if (kind === 'suggest') {
      this.#budget.repeats(this.#suggestions?.ordinalsOf(ordinal) ?? []);
      if (this.#ladder.also !== undefined) this.#repeatsOf(this.trainingsOf(decision));
    }
    if (kind === 'prune') this.#budget.pruned(ordinal);
    if (kind === 'promote' || kind === 'prune') {
      this.#own.decided.add(`${ordinal}/${rung}`);
      this.#own.due.delete(`${ordinal}/${rung}`);
      this.#add(this.#ladder.stands?.({ ordinal, rung, kind }) ?? []);
    }
    if (kind === 'halt') {
      this.#own.halted = decision.reason;
      // Who waits is let go by the sweep itself.
      for (const [key, due] of this.#own.due) this.#own.overtaken.set(key, due);
      this.#own.due.clear();
    }
    // No further training will come: who waits for one is decided without.
    if (kind === 'stop') this.#add(this.#ladder.planned(this.#suggestions?.trainings ?? 0));
  }

  /** Of suggested points: the log has the points alone. */
  #repeatsOf(trainings: readonly PlannedTraining[]): void {
    if (this.#ladder.also === undefined) return;
    for (const fact of repeatFacts(trainings)) this.#add(this.#ladder.also(fact));
  }

  /** Another sweep file holds: what was heard and decided stays. */
  #extend(stage: number): void {
    this.#own.stage = stage;
    const known = this.#suggestions?.trainings ?? 0;
    ({
      ladder: this.#ladder,
      suggestions: this.#suggestions,
      budget: this.#budget,
      others: this.#others,
    } = this.#open());
    this.#budget.begin(this.#stages[stage]?.definition.budget ?? {});
    this.#suggestions?.widen();
    for (const [number] of this.points.entries()) this.#budget.repeats(this.#suggestions?.ordinalsOf(number) ?? []);
    if ((this.#suggestions?.trainings ?? 0) > known)
      this.#repeatsOf(this.allTrainings().filter(({ ordinal }) => ordinal >= known));
  }

  #add(decisions: readonly SearchDecision[]): void {
    for (const decision of decisions) {
      const key = `${decision.ordinal}/${decision.rung}`;
      if (!this.#own.decided.has(key))
        (this.#own.halted === null ? this.#own.due : this.#own.overtaken).set(key, decision);
    }
  }

  #goOn(): void {
    this.#own.halted = null;
    for (const [key, due] of this.#own.overtaken) if (!this.#own.decided.has(key)) this.#own.due.set(key, due);
    this.#own.overtaken.clear();
  }
}

export interface SearchNeeds {
  /** It decides by results: they are recorded for it. Others need no log, and leave none. */
  readonly listens: boolean;
  /** It may suggest more than it begins with. */
  readonly searching: boolean;
}

export function searchNeeds(definition: SweepDefinition): SearchNeeds {
  const searching = !makeSampler(definition).independent;
  const decides = makeScheduler(definition.scheduler).decides || definition.budget !== undefined;
  return { listens: searching || decides, searching };
}
