import type { Trainer, TrainerPool } from '../../../activities/trainer-pool.ts';
import type { SampledSlot } from './slot-sampler.ts';
import { TrainerSlot, type TrainerSlotOptions } from './trainer-slot.ts';

/** A worker's slots. The lowest free one is taken first, so that few processes stay warm when few are needed. */
export class TrainerSlots implements TrainerPool {
  readonly #slots: readonly TrainerSlot[];
  readonly #free: Set<TrainerSlot>;
  readonly #waiting: ((slot: TrainerSlot) => void)[] = [];

  constructor(count: number, options: Omit<TrainerSlotOptions, 'slot'>) {
    this.#slots = Array.from({ length: count }, (_, slot) => new TrainerSlot({ ...options, slot }));
    this.#free = new Set(this.#slots);
  }

  /** The work that each is at, by its number. */
  get sampled(): readonly SampledSlot[] {
    return this.#slots.map(({ slot, pid, segments }) => ({ slot, pid, segments }));
  }

  acquire(): Promise<Trainer> {
    for (const slot of this.#slots) {
      if (this.#free.delete(slot)) return Promise.resolve(slot);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  giveBack(trainer: Trainer): void {
    const slot = this.#slots.find((candidate) => candidate === trainer);
    if (slot === undefined) throw new Error('a trainer was given back to slots that it is not of');
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.add(slot);
    else next(slot);
  }

  /** Asks every running segment for a checkpoint and its slot. */
  release(): void {
    for (const slot of this.#slots) slot.release();
  }

  async close(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }

  kill(): void {
    for (const slot of this.#slots) slot.kill();
  }
}
