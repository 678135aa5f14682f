import type { MetricChunk } from '../../sweep/segment.ts';
import type { JsonCheckpoint } from '../checkpoints/json-checkpoint.ts';
import type { ProgramReport } from './program-lines.ts';

/** A program's reports on a training, step by step; kept in its checkpoint. Pure. */
export class ProgramProgress {
  /** The last value of each metric. */
  readonly #values: Record<string, number>;
  /** Values of the last step that was reported: where the program ends, these are its result. */
  #last: Record<string, number>;
  /** Values of the step that is reported now, which are told once it is over. */
  #current: Record<string, number> = {};
  /** Metrics of the present step that were told already: a run that begins anew says them again. */
  readonly #told: Set<string>;
  readonly #steps: number;
  #step: number;
  #ended: boolean;

  /**
   * @param steps of the training
   * @param from where an earlier attempt came; null: nothing was reported yet
   */
  constructor(steps: number, from: JsonCheckpoint | null) {
    this.#steps = steps;
    this.#step = typeof from?.['reached'] === 'number' ? from['reached'] : 0;
    this.#values = { ...numbersOf(from?.['values']) };
    this.#last = { ...(from === null ? {} : resultOf(from)) };
    this.#told = new Set(Object.keys(this.#last));
    this.#ended = from?.['ended'] === true;
  }

  /** The last step that was reported. */
  get step(): number {
    return this.#step;
  }

  /** The program has ended well: nothing more is to come. */
  get ended(): boolean {
    return this.#ended;
  }

  get values(): Readonly<Record<string, number>> {
    return this.#values;
  }

  get last(): Readonly<Record<string, number>> {
    return this.#last;
  }

  end(): void {
    this.#ended = true;
  }

  /** The step that a report is of. A run that begins anew, and names no steps, comes to the last before its end. */
  stepOf(report: ProgramReport): number {
    return report.step ?? Math.min(this.#step + 1, this.#steps);
  }

  /**
   * Takes a report in. One of a step that is over is passed over: a run that begins anew tells it again. @returns what
   * is told of the step before
   */
  take(report: ProgramReport): readonly MetricChunk[] {
    const step = this.stepOf(report);
    if (step < this.#step) return [];
    const told = step > this.#step ? this.flush() : [];
    if (step > this.#step) {
      this.#told.clear();
      this.#last = {};
    }
    this.#step = step;
    for (const [name, value] of Object.entries(report.values)) {
      if (this.#told.has(name)) continue;
      this.#current[name] = value;
      this.#values[name] = value;
      this.#last[name] = value;
    }
    return told;
  }

  /** Takes the reports of the present step that were not told yet. */
  flush(): readonly MetricChunk[] {
    const chunks = Object.entries(this.#current).map(([name, value]) => ({
      name,
      firstStep: this.#step,
      values: Float64Array.of(value),
    }));
    for (const name of Object.keys(this.#current)) this.#told.add(name);
    this.#current = {};
    return chunks;
  }

  /** @param step at which the record keeps it: a rung's, which a program that ended early did not reach itself */
  checkpoint(trainingHash: string, step: number): JsonCheckpoint {
    return {
      trainer: 'command',
      training_hash: trainingHash,
      step,
      reached: this.#step,
      values: this.#values,
      last: this.#last,
      ended: this.#ended,
    };
  }
}

/** The last value of each metric that a checkpoint keeps, by which a rung is decided. */
export function valuesOf(checkpoint: JsonCheckpoint): Readonly<Record<string, number>> {
  return numbersOf(checkpoint['values']);
}

/** What was reported at the last step before a checkpoint; one of an older version keeps the last values alone. */
export function resultOf(checkpoint: JsonCheckpoint): Readonly<Record<string, number>> {
  return numbersOf(checkpoint['last'] ?? checkpoint['values']);
}

function numbersOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
