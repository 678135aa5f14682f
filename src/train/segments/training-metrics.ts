import type { MetricChunk } from '../../sweep/segment.ts';
import type { StepTaken } from './training-loop.ts';

/**
 * The metrics that are recorded of each step. Names that end in `_seconds` or `_bytes` are of the machine: bit-identity
 * does not cover them.
 */
function measure(
  { result, learningRate, tokens, stepSeconds }: StepTaken,
  orthogonality: boolean,
): Record<string, number> {
  const { allocation, lossScale } = result.state;
  return {
    loss: result.loss,
    data_loss: result.dataLoss,
    sparsity_penalty: result.sparsityPenalty,
    ...(orthogonality ? { orthogonality_penalty: result.orthogonalityPenalty } : {}),
    ...(allocation === undefined ? {} : { active_ranks: allocation.active.reduce((sum, active) => sum + active, 0) }),
    ...(lossScale === undefined ? {} : { loss_scale: lossScale.scale }),
    gradient_norm: result.gradientNorm,
    learning_rate: learningRate,
    tokens,
    step_seconds: stepSeconds,
    memory_bytes: process.memoryUsage.rss(),
  };
}

/** Collects steps' values and hands them over as chunks, each value once. */
export class TrainingMetrics {
  readonly #columns = new Map<string, number[]>();
  readonly #orthogonality: boolean;
  #firstStep: number;

  /**
   * @param firstStep the first step that will be recorded, counting from 1
   * @param orthogonality whether the loss has such a penalty
   */
  constructor(firstStep: number, orthogonality: boolean) {
    this.#firstStep = firstStep;
    this.#orthogonality = orthogonality;
  }

  record(taken: StepTaken): void {
    for (const [name, value] of Object.entries(measure(taken, this.#orthogonality))) {
      const column = this.#columns.get(name) ?? [];
      column.push(value);
      this.#columns.set(name, column);
    }
  }

  /** The values recorded since the last call; empty when there are none. */
  take(): MetricChunk[] {
    const firstStep = this.#firstStep;
    const chunks = [...this.#columns].map(([name, values]) => ({ name, firstStep, values: Float64Array.from(values) }));
    this.#firstStep += chunks[0]?.values.length ?? 0;
    this.#columns.clear();
    return chunks;
  }
}
