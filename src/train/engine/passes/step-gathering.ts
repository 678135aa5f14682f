import type { AdapterEngine, BatchLabels, StepResult, TokenBatch, TrainingStep } from '../adapter-engine.ts';

/** A step that a training wants to take. */
export interface StepRequest {
  /** From 0: trainings of one gathering have the same batch at the same step. */
  readonly step: number;
  readonly training: TrainingStep;
  readonly batch: TokenBatch;
  readonly labels: BatchLabels;
}

/** One training's place in a gathering. */
export interface GatheredTraining {
  take(request: StepRequest): Promise<StepResult>;
  /** Nobody waits for this training any longer. */
  leave(): void;
}

interface Waiting {
  readonly request: StepRequest;
  readonly resolve: (result: StepResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Trainings of one bundle key that run side by side on one engine. Whenever all of them wait, those at the earliest
 * step take it together: trainings may come, leave and be at different steps, and each gets what it would get alone.
 */
export class StepGathering {
  readonly #engine: AdapterEngine;
  readonly #places = new Map<symbol, Waiting | null>();
  #running = false;
  #pack: number;

  constructor(engine: AdapterEngine, pack: number) {
    this.#engine = engine;
    this.#pack = pack;
  }

  get empty(): boolean {
    return this.#places.size === 0;
  }

  join(): GatheredTraining {
    const place = Symbol('training');
    this.#places.set(place, null);
    return {
      take: (request) =>
        new Promise((resolve, reject) => {
          this.#places.set(place, { request, resolve, reject });
          this.#proceed();
        }),
      leave: () => {
        this.#places.delete(place);
        this.#proceed();
      },
    };
  }

  #proceed(): void {
    const all = [...this.#places];
    const waiting = all.flatMap(([place, request]) => (request === null ? [] : [{ place, ...request }]));
    if (this.#running || waiting.length === 0 || waiting.length < all.length) return;
    const earliest = Math.min(...waiting.map(({ request }) => request.step));
    const next = waiting.filter(({ request }) => request.step === earliest);
    for (const { place } of next) this.#places.set(place, null);
    this.#running = true;
    const over = () => {
      this.#running = false;
      this.#proceed();
    };
    this.#step(next).then(over, over);
  }

  async #step(next: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.#together(next.map(({ request }) => request));
      next.forEach(({ resolve, reject }, index) => {
        const result = results[index];
        if (result === undefined) reject(new Error('every training gets its step'));
        else resolve(result);
      });
    } catch (error) {
      if (next.length === 1) next[0]?.reject(error);
      else await this.#eachAlone(next);
    }
  }

  /** What failed together (memory ran out) is told to whom it belongs, and packs are not tried again. */
  async #eachAlone(next: readonly Waiting[]): Promise<void> {
    this.#pack = 1;
    for (const waiting of next) {
      try {
        const [result] = await this.#together([waiting.request]);
        if (result !== undefined) waiting.resolve(result);
      } catch (error) {
        waiting.reject(error);
      }
    }
  }

  #together(requests: readonly StepRequest[]): Promise<readonly StepResult[]> {
    const [first] = requests;
    if (first === undefined) return Promise.resolve([]);
    const trainings = requests.map(({ training }) => training);
    return this.#engine.stepTogether(trainings, first.batch, first.labels, this.#pack);
  }
}
