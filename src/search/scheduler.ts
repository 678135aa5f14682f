import type { SpellValue } from './estimates/spell-value.ts';
import type { FoldMemory } from './fold/fold-memory.ts';
import type { SearchFact } from './fold/search-event.ts';
import type { KindSection } from '../sweep/file/search-section.ts';
import type { SchedulerDefinition } from '../sweep/sweep-definition.ts';

/** A kind of scheduler: one file in schedulers/ and one line in schedulers.ts. */
export interface SchedulerKind {
  readonly section: KindSection;
  make(definition: SchedulerDefinition): Scheduler;
}

/** Of a training; a program has no epochs. */
export interface TrainingLength {
  readonly steps: number;
  readonly epochs?: number;
}

/** How trainings are cut into rungs, and which of them go on. Pure. */
export interface Scheduler {
  /** False: it never decides, and what trainings reach need not be recorded for it. */
  readonly decides: boolean;
  /** Rungs of the training with that ordinal, its end included. */
  rungCount(ordinal: number): number;
  /** Steps at which its rungs end, ascending; the last is its end. Fewer than its rungs where it is too short. */
  rungSteps(length: TrainingLength, ordinal: number): readonly number[];
  /**
   * A fold over a memory, in which alone it keeps what it hears. Opened over the memory of a fold of the same kind with
   * the same rungs it goes on from there, under its own settings.
   * @param seeds that each configuration is trained with
   * @param memory absent: nothing was heard yet
   * @param spell how its reasons spell the values that it hears, which were turned; absent: as it hears them
   */
  open(seeds?: number, memory?: FoldMemory, spell?: SpellValue): SchedulerFold;
  /** It is told which trainings are repeats of one configuration; absent: it is not. */
  readonly repeats?: RepeatNeeds;
  /** It decides by all objectives, and is told of each; absent: by the first. */
  readonly allObjectives?: boolean;
  /**
   * Results tell it what each reached on groups of the evaluated rows too, where that is known; absent: they do not.
   */
  readonly pairsRows?: boolean;
  /** The worth of its decisions, as a sentence for reports; absent: nothing to say. */
  sentence?(made: DecisionsMade): string;
}

export interface RepeatNeeds {
  /** Seeds that the space has to have. */
  readonly least: number;
  /** Repeats from this number on, from 0, wait until they are promoted at rung −1; null: none waits. */
  readonly heldFrom: number | null;
}

export interface DecisionsMade {
  readonly trainings: number;
  readonly pruned: number;
  readonly seeds: number;
  readonly configurations: number;
  /** Training time, as near as can be told, that pruned trainings would have taken. */
  readonly savedSeconds: number;
}

/**
 * Hears what happened, one fact after the other, and answers with the decisions that follow from it. A rung below the
 * last is decided once for each training that reported a value there, never taken back, and in the end for all of them;
 * a training that failed there gets no decision. The same facts in the same order give the same decisions.
 */
export interface SchedulerFold {
  /** So many trainings are in the search, at most: more when it is extended, fewer when it ends early. */
  planned(trainings: number): readonly RungDecision[];
  /**
   * @param value greater is better; null: the training failed before the rung's end
   * @param further the other objectives, greater is better, where the scheduler decides by all
   */
  report(ordinal: number, rung: number, value: number | null, further?: readonly number[]): readonly RungDecision[];
  /** The training had failed at that rung, and is tried again. */
  retract(ordinal: number, rung: number): void;
  /**
   * A decision stands in the log: the fold's own, or one that another version came to, which holds all the same. What
   * follows from the latter is answered.
   */
  stands?(decision: Pick<RungDecision, 'ordinal' | 'rung' | 'kind'>): readonly RungDecision[];
  /** Hears of capacity, repeats and results, where it needs them. */
  also?(fact: SearchFact): readonly RungDecision[];
}

export interface RungDecision {
  readonly ordinal: number;
  readonly rung: number;
  readonly kind: 'promote' | 'prune';
  readonly reason: string;
}
