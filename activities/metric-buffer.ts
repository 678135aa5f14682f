import type { MetricChunk } from '../src/sweep/segment.ts';

/**
 * Metrics on their way to the record. Consecutive values of one name grow into one chunk until they are taken; a batch
 * that could not be written goes back unchanged, so that writing it twice writes the same rows.
 */
export class MetricBuffer {
  #open = new Map<string, { firstStep: number; values: number[] }>();
  #closed: MetricChunk[] = [];
  #returned: (readonly MetricChunk[])[] = [];

  add(chunks: readonly MetricChunk[]): void {
    for (const chunk of chunks) {
      const grown = this.#open.get(chunk.name);
      if (grown !== undefined && grown.firstStep + grown.values.length === chunk.firstStep) {
        for (const value of chunk.values) grown.values.push(value);
        continue;
      }
      this.#close(chunk.name);
      this.#open.set(chunk.name, { firstStep: chunk.firstStep, values: [...chunk.values] });
    }
  }

  /** The oldest batch that was given back, or all that was added since. */
  take(): readonly MetricChunk[] {
    return this.#returned.shift() ?? this.takeNew();
  }

  /** All that was added since the last batch was taken. */
  takeNew(): readonly MetricChunk[] {
    for (const name of [...this.#open.keys()]) this.#close(name);
    const batch = this.#closed;
    this.#closed = [];
    return batch;
  }

  /** All that was given back, oldest first. */
  takeReturned(): readonly MetricChunk[] {
    return this.#returned.splice(0).flat();
  }

  giveBack(batch: readonly MetricChunk[]): void {
    if (batch.length > 0) this.#returned.unshift(batch);
  }

  get empty(): boolean {
    return this.#returned.length === 0 && this.#closed.length === 0 && this.#open.size === 0;
  }

  #close(name: string): void {
    const grown = this.#open.get(name);
    if (grown === undefined) return;
    this.#open.delete(name);
    this.#closed.push({ name, firstStep: grown.firstStep, values: Float64Array.from(grown.values) });
  }
}
