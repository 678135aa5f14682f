import type { RankedConfiguration } from './configurations/ranked-configurations.ts';
import type { TradeoffRead } from './tradeoff/tradeoff-view.ts';
import type { TrialFilter } from './trials/trial-filter.ts';
import type { Measurements } from '../../metrics/values/evaluation-metrics.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import type {
  EvaluationConfiguration,
  TrainerKind,
  TrainingConfiguration,
  TrainingOutcome,
} from '../../sweep/vocabulary.ts';

export type SweepState = 'running' | 'paused' | 'completed' | 'cancelled';
export type TrainingState = 'waiting' | 'running' | 'evaluating' | TrainingOutcome;

/** A sweep as the dashboard, `ls`, `show` and exports see it: read from PostgreSQL alone, in one transaction. */
export interface SweepSnapshot {
  readonly sweepId: string;
  readonly name: string;
  readonly state: SweepState;
  readonly desiredState: 'running' | 'paused' | 'cancelled';
  /** What was begun comes to its end, nothing else begins; absent: no. */
  readonly draining?: boolean;
  /** Why its budget ended the search; null or absent: it did not. */
  readonly halted?: string | null;
  readonly definition: SweepDefinition;
  readonly trainer: TrainerKind;
  readonly desiredParallelism: number;
  /** Higher goes first; absent: not read. */
  readonly priority?: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** Of trainings; `collapsed`: those that an evaluation found to give one class alone. */
  readonly counts: Readonly<Record<TrainingState | 'total' | 'reused' | 'collapsed', number>>;
  /** Trainings that there will be, while a launch still records them; absent: all are there. */
  readonly planned?: number;
  /** Steps done and planned over all trainings, for progress and time left. */
  readonly stepsDone: number;
  readonly stepsTotal: number;
  /** Steps per second over the last ten minutes; null before anything was measured. */
  readonly stepsPerSecond: number | null;
  /** All of them, or a page of them in its order. */
  readonly trials: readonly TrialRow[];
  /** Of the whole sweep. */
  readonly trialCount: number;
  /** Which trials these are, where they are not all; absent: all of them, in no order that counts. */
  readonly page?: TrialPage;
  /** How many of the sweep's trials the page's filter leaves; absent: there is none. */
  readonly matching?: number;
  /** Where the scored configurations lie, where `trials` are not all; absent: as `trials` say, or not read. */
  readonly tradeoff?: TradeoffRead;
  /** Among these is all of the front, where `trials` are not all; absent: as `trials` say, or not read. */
  readonly frontCandidates?: readonly RankedConfiguration[];
  /** Of all its trainings, where `trials` are not all; absent: as `trials` say. */
  readonly numericsClasses?: readonly string[];
  /** What its scheduler saved, where `trials` are not all; absent: as `trials` say. */
  readonly savedSeconds?: number;
  readonly slots: readonly SlotRow[];
  readonly recentEvents: readonly { readonly at: Date; readonly kind: string; readonly text: string }[];
}

/** An order of trials: by a metric, a field of the training or of the evaluation, their number, or their state. */
export interface TrialSort {
  readonly by: 'metric' | 'setting' | 'evaluation' | 'trial' | 'state';
  /** Of the metric or the field. */
  readonly name: string;
  readonly direction: 'maximize' | 'minimize';
}

/** Trials from `offset` on, of a sweep's trials in this order: all, or those that a filter leaves. */
export interface TrialPage {
  readonly sort: TrialSort;
  readonly offset: number;
  readonly filter?: TrialFilter;
}

/** A training with one of its evaluations. */
export interface TrialRow {
  /** Number within the sweep, from 1; stable. */
  readonly trial: number;
  readonly trainingId: string;
  readonly trainingHash: string;
  readonly configuration: TrainingConfiguration;
  readonly evaluation: EvaluationConfiguration;
  /** Equal in trials that differ in nothing but the training's seed; absent: their configurations tell. */
  readonly repeatKey?: string;
  readonly state: TrainingState;
  readonly reused: boolean;
  readonly step: number;
  readonly totalSteps: number;
  readonly metrics: Measurements | null;
  /** Theorem 4.4's second term at (p, λ) with the sweep's constants; null until probed. */
  readonly complexity: number | null;
  /** The same with constants from what the training met; null until it has trained; absent: as null. */
  readonly complexityEstimated?: number | null;
  readonly trainSeconds: number | null;
  readonly trainableParameters: number | null;
  readonly numericsClass: string | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** How often slots claimed it: two without a loss, the training and its evaluation. */
  readonly claimedSegments: number;
  /** Tags that people gave it; absent: none. */
  readonly tags?: readonly string[];
  readonly note?: string;
}

export interface SlotRow {
  readonly workerId: string;
  readonly host: string;
  readonly slot: string;
  /** What it works on of this sweep. */
  readonly running: {
    readonly trial: number;
    readonly kind: 'train' | 'evaluate';
    readonly step: number;
    readonly of: number;
    /** Segments beside it that the slot claimed with it. */
    readonly further: number;
  } | null;
  /** The other sweep that it works for. */
  readonly elsewhere: string | null;
  readonly lastSeen: Date;
}
