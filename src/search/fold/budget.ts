import { formatCount } from '../../base/format-count.ts';
import { type FailureKind, failureKinds } from '../../sweep/failure-kinds.ts';
import { type Budget, type BudgetName, budgetFields, failureWords } from '../../sweep/file/read-budget.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { type SpellValue, spellingOf } from '../estimates/spell-value.ts';
import { turned } from '../estimates/turned.ts';
import { Configurations } from './configurations.ts';
import type { FoldMemory } from './fold-memory.ts';
import type { BudgetFact, SearchFact } from './search-event.ts';

const secondsPerHour = 3_600;

type HeardFailure = FailureKind | 'unknown';

interface BudgetMemory {
  /** As the search was launched with, or changed since. */
  limits: Budget;
  results: number;
  /** Of single trainings. */
  best: number;
  /** By training how it failed; `unknown` where an earlier version told it. */
  readonly failed: Map<number, HeardFailure>;
  /** How many failed so. */
  readonly failures: Map<HeardFailure, number>;
  /** By training. */
  readonly spentSeconds: Map<number, number>;
  spent: number;
  elapsed: number;
}

/** Follows what a search has used, and says when that is enough. Pure: clocks are facts of the log. */
export class BudgetFold {
  readonly #objective: Objective | undefined;
  readonly #spell: SpellValue;
  readonly #own: BudgetMemory;
  readonly #configurations: Configurations;

  /** @param budget of the sweep file; limits that were changed since are in the memory */
  constructor(budget: Budget, objective: Objective | undefined, memory: FoldMemory) {
    this.#objective = objective;
    this.#spell = spellingOf(objective === undefined ? [] : [objective]);
    this.#own = memory.part('budget', {
      limits: { ...budget },
      results: 0,
      best: Number.NEGATIVE_INFINITY,
      failed: new Map(),
      failures: new Map(),
      spentSeconds: new Map(),
      spent: 0,
      elapsed: 0,
    });
    this.#configurations = new Configurations(memory);
  }

  /** The limits of another sweep file hold from now on. */
  begin(budget: Budget): void {
    this.#own.limits = { ...budget };
  }

  /** As it was launched with, or changed since. */
  get budget(): Budget {
    return this.#own.limits;
  }

  /** Whether it was told which trainings are repeats of one configuration. */
  get knowsRepeats(): boolean {
    return this.#configurations.areTold;
  }

  /** These trainings have one configuration. */
  repeats(ordinals: readonly number[]): void {
    for (const ordinal of ordinals) this.#configurations.repeat(ordinal, ordinals[0] ?? ordinal);
  }

  /** The training was stopped. */
  pruned(ordinal: number): void {
    this.#configurations.end(ordinal, null);
  }

  hear({ kind, ordinal, value, failure }: SearchFact): void {
    const limited = budgetFields.find(({ name }) => kind === budgetFactOf(name))?.name;
    if (limited !== undefined) this.#change(limited, value);
    if (kind === 'elapsed') this.#own.elapsed = value ?? 0;
    if (kind === 'spent') {
      this.#own.spent += (value ?? 0) - (this.#own.spentSeconds.get(ordinal) ?? 0);
      this.#own.spentSeconds.set(ordinal, value ?? 0);
    }
    if (kind === 'repeat') this.#configurations.repeat(ordinal, value ?? ordinal);
    if (kind === 'retract') this.#retract(ordinal);
    if ((kind === 'report' || kind === 'result') && value === null) {
      this.#fail(ordinal, failure ?? 'unknown');
      this.#configurations.end(ordinal, null);
    }
    if (kind !== 'result' || value === null) return;
    this.#own.results += 1;
    this.#configurations.end(ordinal, value);
    if (value > this.#own.best) this.#own.best = value;
  }

  /** @param kind null: it has not */
  #fail(ordinal: number, kind: HeardFailure | null): void {
    const before = this.#own.failed.get(ordinal);
    if (before !== undefined) this.#own.failures.set(before, this.#count(before) - 1);
    if (kind === null) this.#own.failed.delete(ordinal);
    else {
      this.#own.failed.set(ordinal, kind);
      this.#own.failures.set(kind, this.#count(kind) + 1);
    }
  }

  #count(kind: HeardFailure): number {
    return this.#own.failures.get(kind) ?? 0;
  }

  #retract(ordinal: number): void {
    this.#fail(ordinal, null);
    this.#configurations.retract(ordinal);
  }

  #change(name: BudgetName, value: number | null): void {
    const { [name]: _, ...others } = this.#own.limits;
    this.#own.limits = value === null ? others : { ...others, [name]: value };
  }

  /** Why the search ends now; null: it goes on. */
  spent(): string | null {
    const { trials, trainings, target, slot_hours: slotHours, hours } = this.#own.limits;
    const { decided } = this.#configurations;
    if (trials !== undefined && decided >= trials)
      return `${formatCount(decided, 'point')} ${decided === 1 ? 'is' : 'are'} decided`;
    if (trainings !== undefined && this.#own.results >= trainings) return `${trainingsHave(this.#own.results)} ended`;
    const failed = this.#failed();
    if (failed !== null) return failed;
    if (target !== undefined && this.#own.best >= turned(target, this.#objective))
      return `the target ${target} is reached with ${turned(this.#own.best, this.#objective)}`;
    const plateau = this.#plateau();
    if (plateau !== null) return plateau;
    if (slotHours !== undefined && this.#own.spent >= slotHours * secondsPerHour)
      return `slots have trained ${(this.#own.spent / secondsPerHour).toFixed(2)} of ${slotHours} hours`;
    if (hours !== undefined && this.#own.elapsed >= hours * secondsPerHour)
      return `${(this.#own.elapsed / secondsPerHour).toFixed(2)} of ${hours} hours are over`;
    return null;
  }

  #failed(): string | null {
    const { failures } = this.#own.limits;
    const failed = this.#count('unknown') + this.#count('diverged') + this.#count('crashed');
    if (failures !== undefined && failed >= failures) return `${trainingsHave(failed)} failed`;
    const reached = failureKinds.find(
      (kind) => this.#count(kind) >= (this.#own.limits[`failures.${kind}`] ?? Infinity),
    );
    return reached === undefined ? null : `${trainingsHave(this.#count(reached))} ${failureWords[reached]}`;
  }

  #plateau(): string | null {
    const { no_better_since: patience } = this.#own.limits;
    const { resultsSince: since, best, knowsNoise } = this.#configurations;
    if (patience === undefined || since < patience) return null;
    const value = best === null ? 'no value' : this.#spell(best);
    return knowsNoise
      ? `none of ${since} trainings made a point better than ${value} by more than the noise of seeds`
      : `none of ${since} trainings was better than ${value}`;
  }
}

/** Clocks that a budget needs to hear of with each result. */
export function clocksOf(budget: Budget | undefined): { readonly spent: boolean; readonly elapsed: boolean } {
  return { spent: budget?.slot_hours !== undefined, elapsed: budget?.hours !== undefined };
}

/** Whether a budget, or a change of one, has a limit that compares points over their seeds. */
export function comparesPoints(budget: Readonly<Partial<Record<BudgetName, number | null>>> | undefined): boolean {
  return (budget?.trials ?? budget?.no_better_since ?? null) !== null;
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
