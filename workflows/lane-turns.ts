import type { DesiredDrive, ServeSlotResult } from '../src/messages/activity-interfaces.ts';
import type { LaneTurnsState } from '../src/messages/workflow-inputs.ts';

const shortestWaitMs = 1_000;
const longestWaitMs = 15_000;

export type NextTurn =
  | { readonly kind: 'at_once' }
  | { readonly kind: 'after'; readonly ms: number }
  /** The record is asked whether the lane goes on. */
  | { readonly kind: 'ask' };

/** When a lane takes its next turn. Knows nothing of Temporal, and restores from its own state. */
export class LaneTurns {
  #sequence: number;
  #emptyTurns: number;
  #segments = 0;

  constructor(carried: LaneTurnsState | null) {
    this.#sequence = carried?.sequence ?? 0;
    this.#emptyTurns = carried?.emptyTurns ?? 0;
  }

  get state(): LaneTurnsState {
    return { sequence: this.#sequence, emptyTurns: this.#emptyTurns };
  }

  /** Segments served since this object was made. */
  get segments(): number {
    return this.#segments;
  }

  /** A number never given before in this lane. */
  takeSequence(): number {
    return this.#sequence++;
  }

  /** A turn came to its end; its waits grow from 1 s to 15 s while turns find nothing. */
  served(result: ServeSlotResult): NextTurn {
    this.#segments += result.segments;
    if (result.segments > 0) this.#emptyTurns = 0;
    if (result.kind === 'exhausted') return { kind: 'ask' };
    if (result.kind === 'served') return { kind: 'at_once' };
    return { kind: 'after', ms: this.#nextWaitMs() };
  }

  /** A turn failed or was cancelled: why does not matter. Null: the lane is not wanted and ends. */
  asked(lane: number, desired: DesiredDrive): NextTurn | null {
    if (desired.over || lane >= desired.lanes) return null;
    return { kind: 'after', ms: this.#nextWaitMs() };
  }

  woken(): void {
    this.#emptyTurns = 0;
  }

  #nextWaitMs(): number {
    const ms = Math.min(longestWaitMs, shortestWaitMs * 2 ** Math.min(this.#emptyTurns, 10));
    this.#emptyTurns += 1;
    return ms;
  }
}
