import { sql } from 'kysely';
import { complexity, estimatedConstants } from '../../../evaluate/complexity.ts';
import type { Measurements } from '../../../metrics/values/evaluation-metrics.ts';
import { equivalentRate } from '../../../sweep/mask-variant.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from '../../../sweep/vocabulary.ts';
import type { TheoryConstants } from '../../../train/process/trainer-protocol.ts';
import type { Failure } from '../../database/database-schema.ts';
import type { DatabaseTransaction } from '../../database/open-store.ts';
import type { TrainingState, TrialRow } from '../sweep-snapshot.ts';

/** A trial as its statement gives it. What many trials share is named, and read once for all of them. */
export interface TrialRecord {
  readonly trial: number;
  readonly training_id: string;
  readonly training_hash: string;
  /** Of the training's configuration without its seed. */
  readonly settings_hash: string;
  readonly seed: number | null;
  /** JSON of the evaluation's configuration. */
  readonly evaluation: string;
  readonly state: TrainingState;
  readonly reused: boolean;
  readonly progress_step: number;
  readonly total_steps: number;
  readonly metrics: Measurements | null;
  readonly train_seconds: number;
  readonly trainable_parameters: number | null;
  readonly numerics_class: string | null;
  readonly failure: Failure | null;
  readonly attempt_count: number;
  readonly largest_loss: number | null;
  readonly largest_gradient_norm: number | null;
  readonly tags: readonly string[] | null;
  readonly note: string | null;
}

interface Settings {
  readonly configuration: Omit<TrainingConfiguration, 'seed'>;
  readonly complexity: number | null;
  /** By the evaluation's text, one string for all trials that are repeats of one another. */
  readonly repeatKeys: Map<string, string>;
}

/** Makes trials of records. A configuration that thousands of trials have is read and parsed once. */
export class TrialRows {
  readonly #tx: DatabaseTransaction;
  readonly #constants: TheoryConstants | null;
  readonly #settings = new Map<string, Settings>();
  readonly #evaluations = new Map<string, EvaluationConfiguration>();

  /** @param constants that complexities are computed with; null: not probed yet */
  constructor(tx: DatabaseTransaction, constants: TheoryConstants | null) {
    this.#tx = tx;
    this.#constants = constants;
  }

  async of(rows: readonly TrialRecord[]): Promise<TrialRow[]> {
    await this.#readSettings(rows);
    return rows.map((row) => this.#trialOf(row));
  }

  #trialOf(row: TrialRecord): TrialRow {
    const settings = this.#settings.get(row.settings_hash);
    if (settings === undefined) throw new Error(`the settings of trial ${row.trial} were not read`);
    // A configuration that was recorded without a seed is one without.
    const configuration = (
      row.seed === null ? settings.configuration : { ...settings.configuration, seed: row.seed }
    ) as TrainingConfiguration;
    return {
      trial: row.trial,
      trainingId: row.training_id,
      trainingHash: row.training_hash,
      configuration,
      evaluation: this.#evaluationOf(row.evaluation),
      repeatKey: repeatKeyOf(settings, row),
      state: row.state,
      reused: row.reused,
      step: row.progress_step,
      totalSteps: row.total_steps,
      metrics: row.metrics,
      complexity: settings.complexity,
      complexityEstimated: this.#estimated(settings, row),
      trainSeconds: row.train_seconds === 0 ? null : row.train_seconds,
      trainableParameters: row.trainable_parameters,
      numericsClass: row.numerics_class,
      failure: row.failure,
      claimedSegments: row.attempt_count,
      ...(row.tags === null || row.tags.length === 0 ? {} : { tags: row.tags }),
      ...(row.note === null ? {} : { note: row.note }),
    };
  }

  #estimated(
    { configuration }: Settings,
    { largest_loss: loss, largest_gradient_norm: gradientNorm }: TrialRecord,
  ): number | null {
    if (this.#constants === null || loss === null || gradientNorm === null) return null;
    const { dropout_rate: rate, sparsity } = configuration;
    return complexity(
      equivalentRate(configuration, rate),
      sparsity,
      estimatedConstants(this.#constants, { loss, gradientNorm }),
    );
  }

  /** Settings that were not met before, each of one of the trainings that have them. */
  async #readSettings(rows: readonly TrialRecord[]): Promise<void> {
    const fresh = new Map<string, string>();
    for (const { settings_hash: hash, training_id: id } of rows) if (!this.#settings.has(hash)) fresh.set(hash, id);
    if (fresh.size === 0) return;
    const found = await sql<{ settings_hash: string; configuration: Settings['configuration'] }>`
      select settings_hash, (specification -> 'configuration') - 'seed' as configuration from trainings
      where id = any(${[...fresh.values()]}::uuid[])`.execute(this.#tx);
    for (const { settings_hash: hash, configuration } of found.rows) {
      const constants = this.#constants;
      const rate = equivalentRate(configuration, configuration.dropout_rate);
      this.#settings.set(hash, {
        configuration,
        complexity: constants === null ? null : complexity(rate, configuration.sparsity, constants),
        repeatKeys: new Map(),
      });
    }
  }

  #evaluationOf(text: string): EvaluationConfiguration {
    const known = this.#evaluations.get(text);
    if (known !== undefined) return known;
    const configuration = JSON.parse(text) as EvaluationConfiguration;
    this.#evaluations.set(text, configuration);
    return configuration;
  }
}

/** PostgreSQL writes equal configurations alike. */
function repeatKeyOf({ repeatKeys }: Settings, { settings_hash, evaluation }: TrialRecord): string {
  const known = repeatKeys.get(evaluation);
  if (known !== undefined) return known;
  const key = `${settings_hash} ${evaluation}`;
  repeatKeys.set(evaluation, key);
  return key;
}
