import type { FailureKind } from '../../sweep/failure-kinds.ts';
import type { BudgetName } from '../../sweep/file/read-budget.ts';
import type { SpacePoint } from '../sampler.ts';

export type BudgetFact = `budget_${BudgetName}`;

/**
 * The facts of a search, in the order in which they were recorded.
 * planned: `value` trainings are in the search, at most. capacity: `value` of them may run at once.
 * together: points that follow from no result are suggested `value` at a time; earlier versions did as with others.
 * report: a training's objective at the end of a rung, turned so that greater is better; null: it failed before, as
 * `failure` says, which earlier versions left out.
 * result: the same at its end; `further`: the other objectives, or the first on groups of the evaluated rows, as the
 * scheduler wants it. retract: a failed training is tried again, and what was said of its rung holds no more.
 * spent: seconds that slots have trained the training. elapsed: seconds that the sweep has run.
 * repeat: the training has the configuration of the one with ordinal `value`, and `further` is its seed.
 * extended: the sweep file of extension `value` holds from now on, counted from 1.
 * learned: result `ordinal` of former sweeps: at `point`, `value`; null: its trainings failed there.
 * budget_…: the budget's limit of that name is `value` from now on; null: there is none.
 */
export interface SearchFact {
  readonly kind:
    | 'planned'
    | 'capacity'
    | 'together'
    | 'report'
    | 'result'
    | 'retract'
    | 'spent'
    | 'elapsed'
    | 'repeat'
    | 'learned'
    | 'extended'
    | BudgetFact;
  /** Ordinal of the training within its sweep; 0 where the fact is about no training. */
  readonly ordinal: number;
  /** Rung, from 0, in the training's own ladder; 0 where the fact is about no rung. */
  readonly rung: number;
  readonly value: number | null;
  /** Further numbers beside `value`; absent: none. */
  readonly further?: readonly number[];
  readonly point?: SpacePoint;
  readonly failure?: FailureKind;
}

/**
 * suggest: a further point, `ordinal` counting points. promote, prune: of a training at a rung, or at rung −1 of one
 * that has waited to begin. stop: no further point. halt: the budget is spent; what waits is let go, and what runs ends
 * at its next rung.
 */
export interface SearchDecision {
  readonly kind: 'suggest' | 'promote' | 'prune' | 'stop' | 'halt';
  readonly ordinal: number;
  readonly rung: number;
  /** Why, in a few words with the numbers that decided. */
  readonly reason: string;
  readonly point?: SpacePoint;
}

export type SearchEvent = SearchFact | SearchDecision;

/**
 * A row of the log. `decidedAt`: sequence of the last fact that a decision was made from; null: of a fact, or not
 * noted.
 */
export interface LoggedEvent {
  readonly sequence: number;
  readonly event: SearchEvent;
  readonly decidedAt: number | null;
}

const decisionKinds: ReadonlySet<string> = new Set(['suggest', 'promote', 'prune', 'stop', 'halt']);

export function isDecision(event: SearchEvent): event is SearchDecision {
  return decisionKinds.has(event.kind);
}
