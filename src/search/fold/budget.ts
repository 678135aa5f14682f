import { formatCount } from '../../base/format-count.ts';
import { type Budget, type BudgetName, budgetFields } from '../../sweep/file/read-budget.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import type { FoldMemory } from './fold-memory.ts';
import type { BudgetFact, SearchFact } from './search-event.ts';

const secondsPerHour = 3_600;

interface BudgetMemory {
  /** As the search was launched with, or changed since. */
  limits: Budget;
  results: number;
  best: number;
  resultsAtBest: number;
  readonly failed: Set<number>;
  /** By training. */
  readonly spentSeconds: Map<number, number>;
  spent: number;
  elapsed: number;
}

/** Follows what a search has used, and says when that is enough. Pure: clocks are facts of the log. */
export class BudgetFold {
  readonly #sign: number;
  readonly #own: BudgetMemory;

  /** @param budget of the sweep file; limits that were changed since are in the memory */
  constructor(budget: Budget, objective: Objective | undefined, memory: FoldMemory) {
    this.#sign = objective?.direction === 'minimize' ? -1 : 1;
    this.#own = memory.part('budget', {
      limits: { ...budget },
      results: 0,
      best: Number.NEGATIVE_INFINITY,
      resultsAtBest: 0,
      failed: new Set(),
      spentSeconds: new Map(),
      spent: 0,
      elapsed: 0,
    });
  }

  /** The limits of another sweep file hold from now on. */
  begin(budget: Budget): void {
    this.#own.limits = { ...budget };
  }

  /** As it was launched with, or changed since. */
  get budget(): Budget {
    return this.#own.limits;
  }

  hear({ kind, ordinal, value }: SearchFact): void {
    const limited = budgetFields.find(({ name }) => kind === budgetFactOf(name))?.name;
    if (limited !== undefined) this.#change(limited, value);
    if (kind === 'elapsed') this.#own.elapsed = value ?? 0;
    if (kind === 'spent') {
      this.#own.spent += (value ?? 0) - (this.#own.spentSeconds.get(ordinal) ?? 0);
      this.#own.spentSeconds.set(ordinal, value ?? 0);
    }
    if (kind === 'retract') this.#own.failed.delete(ordinal);
    if ((kind === 'report' || kind === 'result') && value === null) this.#own.failed.add(ordinal);
    if (kind !== 'result' || value === null) return;
    this.#own.results += 1;
    if (value <= this.#own.best) return;
    this.#own.best = value;
    this.#own.resultsAtBest = this.#own.results;
  }

  #change(name: BudgetName, value: number | null): void {
    const { [name]: _, ...others } = this.#own.limits;
    this.#own.limits = value === null ? others : { ...others, [name]: value };
  }

  /** Why the search ends now; null: it goes on. */
  spent(): string | null {
    const { trainings, failures, target, no_better_since: patience, slot_hours: slotHours, hours } = this.#own.limits;
    const since = this.#own.results - this.#own.resultsAtBest;
    const best = this.#sign * this.#own.best;
    if (trainings !== undefined && this.#own.results >= trainings) return `${trainingsHave(this.#own.results)} ended`;
    if (failures !== undefined && this.#own.failed.size >= failures)
      return `${trainingsHave(this.#own.failed.size)} failed`;
    if (target !== undefined && this.#own.best >= this.#sign * target)
      return `the target ${target} is reached with ${best}`;
    if (patience !== undefined && this.#own.results > 0 && since >= patience)
      return `none of ${since} trainings was better than ${best}`;
    if (slotHours !== undefined && this.#own.spent >= slotHours * secondsPerHour)
      return `slots have trained ${(this.#own.spent / secondsPerHour).toFixed(2)} of ${slotHours} hours`;
    if (hours !== undefined && this.#own.elapsed >= hours * secondsPerHour)
      return `${(this.#own.elapsed / secondsPerHour).toFixed(2)} of ${hours} hours are over`;
    return null;
  }
}

/** Clocks that a budget needs to hear of with each result. */
export function clocksOf(budget: Budget | undefined): { readonly spent: boolean; readonly elapsed: boolean } {
  return { spent: budget?.slot_hours !== undefined, elapsed: budget?.hours !== undefined };
}

function budgetFactOf(name: BudgetName): BudgetFact {
  return `budget_${name}`;
}

/** The facts that a change of limits is told as; null: the limit is gone. */
export function budgetFacts(changes: Readonly<Partial<Record<BudgetName, number | null>>>): readonly SearchFact[] {
  return budgetFields.flatMap(({ name }): readonly SearchFact[] => {
    const value = changes[name];
    return value === undefined ? [] : [{ kind: budgetFactOf(name), ordinal: 0, rung: 0, value }];
  });
}

function trainingsHave(count: number): string {
  return `${formatCount(count, 'training')} ${count === 1 ? 'has' : 'have'}`;
}
