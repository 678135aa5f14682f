import type { PlannedTraining, ResolvedInputs, SweepDefinition } from '../sweep/sweep-definition.ts';
import { BudgetFold } from './budget.ts';
import { searchedAxes } from './repeats.ts';
import { makeSampler } from './samplers/samplers.ts';
import type { SchedulerFold } from './scheduler.ts';
import { makeScheduler } from './schedulers/schedulers.ts';
import { isDecision, type SearchDecision, type SearchEvent, type SearchFact } from './search-event.ts';
import { spaceAxes } from './space-axes.ts';
import { Suggestions } from './suggestions.ts';

/**
 * A search as a fold over its recorded events: apply them one after the other, in their order; `next` is the decision
 * that follows and is not recorded yet. Whoever asks records it and applies it too, then asks again. The same
 * definition and the same events give the same decisions, whoever folds them and however often it begins anew.
 */
export class SearchState {
  readonly #ladder: SchedulerFold;
  /** Null: all points were suggested at once, by the plan. */
  readonly #suggestions: Suggestions | null;
  /** Reports and results, with whether the training had failed. */
  readonly #heard = new Map<string, { readonly ordinal: number; readonly rung: number; readonly failed: boolean }>();
  readonly #decided = new Set<string>();
  readonly #budget: BudgetFold;
  /** Why it ended before its last training; null: it did not. */
  #halted: string | null = null;
  readonly #due = new Map<string, SearchDecision>();
  /** Decisions that the end has overtaken: they hold again when the search goes on. */
  readonly #overtaken = new Map<string, SearchDecision>();

  constructor(definition: SweepDefinition, inputs: ResolvedInputs) {
    const scheduler = makeScheduler(definition.scheduler);
    const sampler = makeSampler(definition);
    this.#ladder = scheduler.open(seedCount(definition));
    this.#budget = new BudgetFold(definition.budget ?? {}, definition.objectives[0]);
    this.#suggestions = sampler.independent ? null : new Suggestions({ definition, inputs, scheduler }, sampler);
  }

  /** Trainings that an adaptive search begins with, before anything is recorded of it. */
  static firstTrainings(definition: SweepDefinition, inputs: ResolvedInputs): readonly PlannedTraining[] {
    const state = new SearchState(definition, inputs);
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
    return this.#heard.has(`${kind} ${ordinal}/${rung}`);
  }

  /** Rungs at which failures of the training stand, which hold no more once it is tried again. */
  failuresOf(ordinal: number): readonly number[] {
    const failures = [...this.#heard.values()].filter((heard) => heard.failed && heard.ordinal === ordinal);
    return [...new Set(failures.map(({ rung }) => rung))];
  }

  /** Results of former sweeps that it was told of. */
  get learned(): number {
    return this.#suggestions?.learned.length ?? 0;
  }

  /** As it is now. */
  get budget(): BudgetFold['budget'] {
    return this.#budget.budget;
  }

  /** Whether it was changed since the launch. */
  get isBudgetChanged(): boolean {
    return this.#budget.isChanged;
  }

  /** Decisions at rungs that follow and are not recorded yet. */
  get due(): readonly SearchDecision[] {
    return [...this.#due.values()];
  }

  /** Null: nothing follows from what was recorded so far. */
  next(): SearchDecision | null {
    const spent = this.#halted === null ? this.#budget.spent() : null;
    if (spent !== null) return { kind: 'halt', ordinal: 0, rung: 0, reason: spent };
    const [due] = this.#due.values();
    return due ?? (this.#halted === null ? this.#suggestions?.next() : null) ?? null;
  }

  /** The trainings of a suggested point, one for each seed. */
  trainingsOf(suggestion: SearchDecision): readonly PlannedTraining[] {
    return this.#suggestions?.trainingsOf(suggestion) ?? [];
  }

  #applyFact(fact: SearchFact): void {
    const { kind, ordinal, rung, value } = fact;
    this.#suggestions?.apply(fact);
    this.#budget.hear(fact);
    if (kind === 'planned') this.#goOn();
    if (kind === 'planned') this.#add(this.#ladder.planned(value ?? 0));
    if (kind === 'retract') {
      for (const heard of ['report', 'result']) this.#heard.delete(`${heard} ${ordinal}/${rung}`);
      this.#ladder.retract(ordinal, rung);
    }
    if (kind === 'report' || kind === 'result')
      this.#heard.set(`${kind} ${ordinal}/${rung}`, { ordinal, rung, failed: value === null });
    if (kind === 'report') this.#add(this.#decisionsOn(fact));
    if (kind === 'capacity' || kind === 'repeat' || kind === 'result') this.#add(this.#ladder.also?.(fact) ?? []);
  }

  /** A search that has ended keeps nobody waiting. */
  #decisionsOn({ ordinal, rung, value, further }: SearchFact): readonly SearchDecision[] {
    const decisions = this.#ladder.report(ordinal, rung, value, further);
    if (this.#halted === null) return decisions;
    this.#add(decisions.filter((each) => each.ordinal !== ordinal));
    const reason = `rung ${rung}: the search has ended, ${this.#halted}`;
    if (value !== null) this.#due.set(`${ordinal}/${rung}`, { kind: 'prune', ordinal, rung, reason });
    return [];
  }

  #applyDecision(decision: SearchDecision): void {
    const { kind, ordinal, rung } = decision;
    this.#suggestions?.apply(decision);
    if (kind === 'suggest') this.#repeatsOf(decision);
    if (kind === 'promote' || kind === 'prune') {
      this.#decided.add(`${ordinal}/${rung}`);
      this.#due.delete(`${ordinal}/${rung}`);
      this.#add(this.#ladder.stands?.({ ordinal, rung, kind }) ?? []);
    }
    if (kind === 'halt') {
      this.#halted = decision.reason;
      // Who waits is let go by the sweep itself.
      for (const [key, due] of this.#due) this.#overtaken.set(key, due);
      this.#due.clear();
    }
    // No further training will come: who waits for one is decided without.
    if (kind === 'stop') this.#add(this.#ladder.planned(this.#suggestions?.trainings ?? 0));
  }

  /** Of a suggested point: the log has the point alone. */
  #repeatsOf(suggestion: SearchDecision): void {
    if (this.#ladder.also === undefined) return;
    for (const fact of repeatFacts(this.trainingsOf(suggestion))) this.#add(this.#ladder.also(fact));
  }

  #add(decisions: readonly SearchDecision[]): void {
    for (const decision of decisions) {
      const key = `${decision.ordinal}/${decision.rung}`;
      if (!this.#decided.has(key)) (this.#halted === null ? this.#due : this.#overtaken).set(key, decision);
    }
  }

  #goOn(): void {
    this.#halted = null;
    for (const [key, due] of this.#overtaken) if (!this.#decided.has(key)) this.#due.set(key, due);
    this.#overtaken.clear();
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

/** The facts that are recorded of a sweep before anything happens in it. @param trainings that were planned at once */
export function openingFacts(
  definition: SweepDefinition,
  trainings: readonly PlannedTraining[],
): readonly SearchFact[] {
  const sampler = makeSampler(definition);
  const fact = (kind: SearchFact['kind'], value: number): SearchFact => ({ kind, ordinal: 0, rung: 0, value });
  const capacity = fact('capacity', definition.parallelism);
  if (!sampler.independent) return [capacity, fact('planned', Suggestions.most(definition, sampler))];
  const planned = fact('planned', trainings.length);
  if (makeScheduler(definition.scheduler).repeats === undefined) return [planned];
  // Of one seed there are no repeats.
  return seedCount(definition) < 2 ? [planned] : [capacity, planned, ...repeatFacts(trainings)];
}

/** Seeds of each point; 1 where the space has none. */
function seedCount(definition: SweepDefinition): number {
  return Math.max(1, searchedAxes(spaceAxes(definition)).seeds.length);
}

function repeatFacts(trainings: readonly PlannedTraining[]): readonly SearchFact[] {
  return trainings.flatMap(({ ordinal, repeat, specification }): readonly SearchFact[] =>
    repeat === undefined
      ? []
      : [{ kind: 'repeat', ordinal, rung: 0, value: repeat.of, further: [specification.configuration.seed] }],
  );
}
