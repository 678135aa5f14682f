import { formatCount } from '../base/format-count.ts';
import { type Budget, type BudgetName, budgetFields } from '../sweep/read-budget.ts';
import type { Objective } from '../sweep/vocabulary.ts';
import type { BudgetFact, SearchFact } from './search-event.ts';

const secondsPerHour = 3_600;

/** Follows what a search has used, and says when that is enough. Pure: clocks are facts of the log. */
export class BudgetFold {
  #budget: Budget;
  #isChanged = false;
  readonly #sign: number;
  #results = 0;
  #best = Number.NEGATIVE_INFINITY;
  #resultsAtBest = 0;
  readonly #failed = new Set<number>();
  readonly #spentSeconds = new Map<number, number>();
  #spent = 0;
  #elapsed = 0;

  constructor(budget: Budget, objective: Objective | undefined) {
    this.#budget = budget;
    this.#sign = objective?.direction === 'minimize' ? -1 : 1;
  }

  /** As it was launched with, or changed since. */
  get budget(): Budget {
    return this.#budget;
  }

  /** Whether it is no longer the one of the launch. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  hear({ kind, ordinal, value }: SearchFact): void {
    const limited = budgetFields.find(({ name }) => kind === budgetFactOf(name))?.name;
    if (limited !== undefined) this.#change(limited, value);
    if (kind === 'elapsed') this.#elapsed = value ?? 0;
    if (kind === 'spent') {
      this.#spent += (value ?? 0) - (this.#spentSeconds.get(ordinal) ?? 0);
      this.#spentSeconds.set(ordinal, value ?? 0);
    }
    if (kind === 'retract') this.#failed.delete(ordinal);
    if ((kind === 'report' || kind === 'result') && value === null) this.#failed.add(ordinal);
    if (kind !== 'result' || value === null) return;
    this.#results += 1;
    if (value <= this.#best) return;
    this.#best = value;
    this.#resultsAtBest = this.#results;
  }

  #change(name: BudgetName, value: number | null): void {
    const { [name]: _, ...others } = this.#budget;
    this.#budget = value === null ? others : { ...others, [name]: value };
    this.#isChanged = true;
  }

  /** Why the search ends now; null: it goes on. */
  spent(): string | null {
    const { trainings, failures, target, no_better_since: patience, slot_hours: slotHours, hours } = this.#budget;
    const since = this.#results - this.#resultsAtBest;
    const best = this.#sign * this.#best;
    if (trainings !== undefined && this.#results >= trainings) return `${trainingsHave(this.#results)} ended`;
    if (failures !== undefined && this.#failed.size >= failures) return `${trainingsHave(this.#failed.size)} failed`;
    if (target !== undefined && this.#best >= this.#sign * target)
      return `the target ${target} is reached with ${best}`;
    if (patience !== undefined && this.#results > 0 && since >= patience)
      return `none of ${since} trainings was better than ${best}`;
    if (slotHours !== undefined && this.#spent >= slotHours * secondsPerHour)
      return `slots have trained ${(this.#spent / secondsPerHour).toFixed(2)} of ${slotHours} hours`;
    if (hours !== undefined && this.#elapsed >= hours * secondsPerHour)
      return `${(this.#elapsed / secondsPerHour).toFixed(2)} of ${hours} hours are over`;
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

/** Every limit of a budget, those that it does not have as gone. */
export function wholeBudget(budget: Budget | undefined): Readonly<Record<BudgetName, number | null>> {
  const limit = (name: BudgetName): number | null => budget?.[name] ?? null;
  return {
    trainings: limit('trainings'),
    failures: limit('failures'),
    target: limit('target'),
    no_better_since: limit('no_better_since'),
    slot_hours: limit('slot_hours'),
    hours: limit('hours'),
  };
}

function trainingsHave(count: number): string {
  return `${formatCount(count, 'training')} ${count === 1 ? 'has' : 'have'}`;
}
