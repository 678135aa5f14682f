import type { MetricChunk } from '../sweep/segment.ts';
import type { StepResult } from './adapter-engine.ts';

/** What is recorded of each step. Names that end in `_seconds` are times: bit-identity does not cover them. */
const names = ['loss', 'data_loss', 'sparsity_penalty', 'gradient_norm', 'learning_rate', 'step_seconds'] as const;

/** Collects steps' values and hands them over as chunks, each value once. */
export class TrainingMetrics {
  readonly #columns: readonly number[][] = names.map(() => []);
  #firstStep: number;

  /** @param firstStep the first step that will be recorded, counting from 1 */
  constructor(firstStep: number) {
    this.#firstStep = firstStep;
  }

  record(result: StepResult, learningRate: number, stepSeconds: number): void {
    const { loss, dataLoss, sparsityPenalty, gradientNorm } = result;
    const values = [loss, dataLoss, sparsityPenalty, gradientNorm, learningRate, stepSeconds];
    for (const [i, column] of this.#columns.entries()) column.push(values[i] ?? Number.NaN);
  }

  /** The values recorded since the last call; empty when there are none. */
  take(): MetricChunk[] {
    const count = this.#columns[0]?.length ?? 0;
    if (count === 0) return [];
    const firstStep = this.#firstStep;
    this.#firstStep += count;
    return names.map((name, i) => ({ name, firstStep, values: Float64Array.from(this.#columns[i]?.splice(0) ?? []) }));
  }
}
