import { present } from '../../base/defect.ts';
import { evaluatedNumber } from '../../metrics/values/evaluation-metrics.ts';
import { metricNamed } from '../../metrics/metrics.ts';
import { scoreSet } from '../../metrics/score-set.ts';
import { expectedShare } from '../../sweep/mask-variant.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import type { TrainingSpecification } from '../../sweep/vocabulary.ts';
import type { EvaluatedRows } from '../../tasks/task.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { AdapterEngine, TrainingState } from '../engine/adapter-engine.ts';
import { afterLook, lookInterval, looksAt, noSelection, type SelectionRule } from './dev-selection.ts';
import { forwardRows } from './forward-rows.ts';
import type { RunCommand, SegmentReporter } from '../process/segment-runner.ts';
import type { WarmSlot } from './warm-slot.ts';

/** Chooses which step's weights a training keeps. */
export interface DevSelector {
  /** The state with what the dev rows say of it, where they are to be asked; null: the slot was asked for meanwhile. */
  look(state: TrainingState): Promise<TrainingState | null>;
  /** The state that a segment ends with: at the training's end the kept weights, after a stop the segment's own step. */
  atEnd(state: TrainingState, endStep: number): TrainingState;
}

interface SelectorSetting {
  readonly specification: TrainingSpecification;
  readonly engine: AdapterEngine;
  readonly padId: number;
  readonly rows: EvaluatedRows;
  readonly reporter: SegmentReporter;
}

/** @returns null where the last step is kept */
export async function openDevSelector(
  specification: TrainingSpecification,
  {
    engine,
    command,
    reporter,
    slot,
  }: { engine: AdapterEngine; command: RunCommand; reporter: SegmentReporter; slot: WarmSlot },
): Promise<DevSelector | null> {
  const { selection, base, task, configuration } = specification;
  if (selection === undefined) return null;
  const { modelFolder, datasetFiles, inputsFolder } = command;
  const { dev, judging } = selection;
  const file = datasetFiles[dev.hash];
  const encoded = await slot.encoded({
    base,
    modelFolder,
    task,
    dataset: dev,
    file,
    inputsFolder,
    maxLength: configuration.max_length,
  });
  const rows = { ...encoded, shape: task, ...(judging === undefined ? {} : { judging }) };
  const { padId } = await slot.limits(base, modelFolder);
  return new DevRowsSelector({ specification, engine, padId, rows, reporter });
}

class DevRowsSelector implements DevSelector {
  readonly #setting: SelectorSetting;
  readonly #rule: SelectionRule;
  readonly #metric: string;
  readonly #interval: number;

  constructor(setting: SelectorSetting) {
    const { configuration, total_steps: totalSteps } = setting.specification;
    this.#setting = setting;
    this.#metric = configuration.keep_by ?? 'loss';
    const { direction } = present(metricNamed(this.#metric) ?? undefined, `the metric ${this.#metric}`);
    this.#rule = { direction, patience: configuration.patience ?? null };
    this.#interval = lookInterval(configuration, totalSteps);
  }

  async look(state: TrainingState): Promise<TrainingState | null> {
    const { specification, reporter } = this.#setting;
    const before = state.selection ?? noSelection;
    if (!looksAt(this.#interval, specification.total_steps, state.step, before)) return state;
    const value = await this.#value(state);
    if (value === undefined) return null;
    const { step, parameters } = state;
    const selection = afterLook(this.#rule, before, { step, value, parameters });
    if (selection.stoppedAt !== null) {
      const { kept } = selection;
      reporter.event('stopped_early', { step, metric: this.#metric, value, best: kept?.value, best_step: kept?.step });
    }
    return { ...state, selection };
  }

  atEnd(state: TrainingState, endStep: number): TrainingState {
    const kept = state.selection?.kept ?? null;
    const stopped = (state.selection?.stoppedAt ?? null) === null ? state : { ...state, step: endStep };
    // A metric that was undefined at every look chooses nothing: the last weights stay.
    if (kept === null || endStep < this.#setting.specification.total_steps) return stopped;
    const { step, value, parameters } = kept;
    this.#setting.reporter.event('kept_step', { step, metric: this.#metric, value });
    return { ...stopped, parameters };
  }

  /** Undefined: the slot was asked for meanwhile. */
  async #value({ parameters, step }: TrainingState): Promise<number | null | undefined> {
    const { specification, engine, padId, rows, reporter } = this.#setting;
    const { dropout_rate: rate } = specification.configuration;
    const pass = { parameters, masks: null, updateScale: expectedShare(specification.configuration, rate) };
    const released = () => reporter.releaseRequested;
    const outputs = await forwardRows({ engine, padId }, rows, pass, released, () =>
      reporter.progress(step, specification.total_steps),
    );
    if (outputs === null) return undefined;
    return outputs.values.every(Number.isFinite) ? this.#measured(outputs) : null;
  }

  #measured(outputs: OutputRows): number | null {
    const { specification, rows } = this.#setting;
    const { scores } = taskOf(specification.task);
    const averaged = scores.averaged(outputs, 'logits', specification.task);
    const mean = { values: Float64Array.from(averaged.values), offsets: averaged.offsets };
    if (this.#metric === 'loss') return finite(scores.loss(mean, rows, 'logits'));
    const numbers = scoreSet(scores.score(mean, rows, 'logits'));
    return evaluatedNumber({ ...numbers, rows: rows.rows.length, loss: 0, mean_member_loss: 0 }, this.#metric);
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
