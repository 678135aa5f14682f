import type { StepValue } from '../../store/views/step-values.ts';
import type { CurvePoint, EnsemblePoint } from '../../store/views/trials/learning-curve.ts';
import type { SweepEventRow } from '../../store/views/sweep-events.ts';
import type { SearchView } from '../../store/search/search-view.ts';
import type { SweepOverviewRow, SweepPage } from '../../store/views/sweep-overview.ts';
import type { WorkerRow } from '../../store/workers/worker-list.ts';
import type { AxesAsked, AxisMeans } from '../../store/views/configurations/axis-means.ts';
import type { ConfigurationPage, ConfigurationsAsked } from '../../store/views/configurations/configuration-page.ts';
import type { TradeoffAsked, TradeoffRead } from '../../store/views/tradeoff/tradeoff-view.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { ConfusionTable } from '../../metrics/parts/confusion-table.ts';
import type { TheoryConstants } from '../../train/process/trainer-protocol.ts';

/** Events of a sweep, newest first, from one place among all of them on. */
export interface EventPage {
  readonly total: number;
  readonly from: number;
  readonly rows: readonly SweepEventRow[];
}

export interface TrialDetails {
  readonly trial: TrialRow;
  /** Of its training, newest last. */
  readonly events: readonly SweepEventRow[];
  /** By step. */
  readonly losses: readonly StepValue[];
}

export interface TrainingCurves {
  /** One of the training's trials. */
  readonly trial: TrialRow;
  /** Recorded metrics of its steps, by name. */
  readonly steps: Readonly<Record<string, readonly StepValue[]>>;
  /** Its scores on its way and at its end, by step. */
  readonly onTheWay: readonly CurvePoint[];
  /** Scores of its ensembles, by their size. */
  readonly byMembers: readonly EnsemblePoint[];
  /** Newest last. */
  readonly events: readonly SweepEventRow[];
  /** Of Theorem 4.4, as the probe found them; null: not yet. */
  readonly constants: TheoryConstants | null;
}

export interface TrialOutputs {
  /** Null: what the task predicts are no classes. */
  readonly confusion: ConfusionTable | null;
  /**
   * By the size of ensembles drawn from one training's members, with where 95 % of draws lie; empty: none were drawn.
   */
  readonly byMembers: readonly DrawnSize[];
}

/** An ensemble's size with what draws of so many members score. */
export interface DrawnSize {
  readonly members: number;
  readonly mean: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** The effect of a setting's values on a metric, against the first of them. */
export interface SettingEffect {
  /** Of the field. */
  readonly name: string;
  readonly values: readonly {
    readonly text: string;
    /** Over configurations that differ in nothing else; null: of the first, and where there are none. */
    readonly difference: { readonly mean: number; readonly lower: number | null; readonly upper: number | null } | null;
    readonly pairs: number;
    readonly over: 'seeds' | 'rows' | 'seeds and rows';
  }[];
}

/** Trials of one configuration that are scored, with the mean of their results: what an interval is of. */
export interface RepeatGroup {
  readonly trials: readonly number[];
  readonly mean: number;
}

/** Where 95 % of other trainings and rows would put a configuration's mean, by the one model of noise. */
export interface NoiseInterval {
  readonly lower: number;
  readonly upper: number;
  /** The repeats that it is over: of one seed, the rows alone. */
  readonly over: 'seeds and rows' | 'rows';
}

export interface PageAsked {
  readonly offset: number;
  readonly limit: number;
}

/** The queries of single views, beside the snapshot of the sweep that is watched. */
export interface ViewSource {
  /** Newest first. */
  sweeps(page: PageAsked): Promise<SweepPage>;
  /** @param kinds of these alone; absent: of all */
  events(sweepId: string, page: PageAsked, kinds?: readonly string[]): Promise<EventPage>;
  /** Decisions of sampler and scheduler, newest first. */
  search(sweepId: string, page: PageAsked): Promise<SearchView>;
  /**
   * Where the configurations of a sweep lie between its objective and complexity; null: it has no such objective.
   * @param which known: as it was last read, at once; null: never
   */
  sweepFront(sweep: SweepOverviewRow, which: 'known' | 'all'): Promise<TradeoffRead | null>;
  workers(): Promise<readonly WorkerRow[]>;
  trial(number: number): Promise<TrialDetails>;
  /** The curves of a trial's training. */
  training(trial: number): Promise<TrainingCurves>;
  /** Results of the stored outputs of the trial's evaluation; null: they, or the base model, are not here. */
  outputs(trial: number): Promise<TrialOutputs | null>;
  /** The effects of the settings of the sweep that is watched; of none where it has too many trials. */
  effects(metric: string): Promise<readonly SettingEffect[]>;
  /** Where configurations lie between two columns. */
  tradeoff(sweepId: string, asked: TradeoffAsked): Promise<TradeoffRead>;
  /** A score by the levels of fields, and of each two of them. */
  axisMeans(sweepId: string, asked: AxesAsked): Promise<AxisMeans>;
  /** A page of configurations, with their seeds folded. */
  configurations(sweepId: string, asked: ConfigurationsAsked): Promise<ConfigurationPage>;
  /**
   * Intervals of a metric over seeds and rows, by group; null where the outputs of some trial are not here.
   * @param which `known`: those that were worked out before, null for all others
   */
  intervals(
    sweepId: string,
    groups: readonly RepeatGroup[],
    metric: string,
    which: 'known' | 'all',
  ): Promise<readonly (NoiseInterval | null)[]>;
  /** From now on another sweep is watched. */
  watch(sweep: string): void;
}
