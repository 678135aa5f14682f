import type { SlotCard, SlotState } from '../../store/workers/worker-register.ts';
import type { CardUse } from './card-use.ts';
import { type ProcessUse, readProcessUse } from './process-use.ts';

/** A slot as the worker knows it. */
export interface SampledSlot {
  readonly slot: number;
  /** Of its warm trainer process; undefined: none runs. */
  readonly pid: number | undefined;
  /** Ids of the segments that it works on. */
  readonly segments: readonly string[];
}

export interface SlotSamplerOptions {
  readonly slots: () => readonly SampledSlot[];
  /** Bytes that all slots may use together. */
  readonly memoryLimit: number;
  /** Looks at the cards that the slots compute on; absent: they compute on none. */
  readonly readCards?: () => Promise<readonly CardUse[] | null>;
  readonly read?: (pid: number) => Promise<ProcessUse | null>;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Looks at the trainer processes of a worker's slots: what each uses now, and of the processors since the last look. */
export class SlotSampler {
  readonly #options: SlotSamplerOptions;
  readonly #last = new Map<number, { readonly pid: number; readonly at: number; readonly cpuSeconds: number }>();

  constructor(options: SlotSamplerOptions) {
    this.#options = options;
  }

  async sample(): Promise<readonly SlotState[]> {
    const { slots, readCards } = this.#options;
    const sampled = await Promise.all(slots().map((slot) => this.#sampleOne(slot)));
    if (readCards === undefined) return sampled;
    const cards = await readCards();
    return sampled.map((state) => ({ ...state, card: state.pid === null ? null : cardOf(state.pid, cards ?? []) }));
  }

  async #sampleOne({ slot, pid, segments }: SampledSlot): Promise<SlotState> {
    const { memoryLimit, read = readProcessUse, now = () => performance.now() } = this.#options;
    const use = pid === undefined ? null : await read(pid);
    const state = { slot, segments, memory_limit_bytes: memoryLimit };
    if (pid === undefined || use === null) {
      this.#last.delete(slot);
      return { ...state, pid: null, processors: null, memory_bytes: null };
    }
    const at = now();
    const before = this.#last.get(slot);
    this.#last.set(slot, { pid, at, cpuSeconds: use.cpuSeconds });
    const seconds = before?.pid === pid ? (at - before.at) / 1_000 : 0;
    // A program that ended took its time along.
    const processors = seconds > 0 ? Math.max(0, use.cpuSeconds - (before?.cpuSeconds ?? 0)) / seconds : null;
    return { ...state, pid, processors, memory_bytes: use.memoryBytes };
  }
}

/** The card that tells of the process; else the only one: in a container the pids are others. */
function cardOf(pid: number, cards: readonly CardUse[]): SlotCard | null {
  const card = cards.find(({ processBytes }) => processBytes.has(pid)) ?? (cards.length === 1 ? cards[0] : undefined);
  if (card === undefined) return null;
  const { number, busy, usedBytes, totalBytes, processBytes } = card;
  return { number, busy, own_bytes: processBytes.get(pid) ?? null, used_bytes: usedBytes, total_bytes: totalBytes };
}
