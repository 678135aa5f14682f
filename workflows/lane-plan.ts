import type { LaneEnded, LanePlanState } from '../src/messages/workflow-inputs.ts';
import type { DesiredDrive } from '../src/messages/activity-interfaces.ts';

export interface LaneReference {
  readonly lane: number;
  readonly incarnation: number;
}

export interface LaneChanges {
  readonly start: readonly LaneReference[];
  readonly stop: readonly LaneReference[];
  readonly startProbe: boolean;
  /** Nothing runs and nothing is wanted: the sweep's workflow may end. */
  readonly over: boolean;
}

/** Which lanes to start and to stop. Knows nothing of Temporal, and restores from its own state. */
export class LanePlan {
  readonly #open = new Map<number, { incarnation: number; stopping: boolean }>();
  readonly #starts: number[];
  #probeAsked: boolean;

  constructor(carried: LanePlanState | null) {
    for (const { lane, incarnation, stopping } of carried?.open ?? []) this.#open.set(lane, { incarnation, stopping });
    this.#starts = [...(carried?.starts ?? [])];
    this.#probeAsked = carried?.probeAsked ?? false;
  }

  get state(): LanePlanState {
    const open = [...this.#open].map(([lane, { incarnation, stopping }]) => ({ lane, incarnation, stopping }));
    return { open, starts: [...this.#starts], probeAsked: this.#probeAsked };
  }

  /** Open lanes, those asked to stop included. */
  get open(): readonly LaneReference[] {
    return [...this.#open].map(([lane, { incarnation }]) => ({ lane, incarnation }));
  }

  /** Told twice, or of an earlier incarnation: nothing changes. */
  ended({ lane, incarnation }: LaneEnded): void {
    if (this.#open.get(lane)?.incarnation === incarnation) this.#open.delete(lane);
  }

  /** Lanes 0 … lanes−1 are to run. A lane that is stopping is started again only once it has ended. */
  follow(desired: DesiredDrive): LaneChanges {
    const wanted = desired.over ? 0 : desired.lanes;
    const stop: LaneReference[] = [];
    for (const [lane, entry] of this.#open) {
      if (lane < wanted || entry.stopping) continue;
      entry.stopping = true;
      stop.push({ lane, incarnation: entry.incarnation });
    }
    const start: LaneReference[] = [];
    for (let lane = 0; lane < wanted; lane += 1) {
      if (this.#open.has(lane)) continue;
      const incarnation = this.#starts[lane] ?? 0;
      this.#starts[lane] = incarnation + 1;
      this.#open.set(lane, { incarnation, stopping: false });
      start.push({ lane, incarnation });
    }
    const startProbe = wanted > 0 && desired.probeMissing && !this.#probeAsked;
    if (startProbe) this.#probeAsked = true;
    return { start, stop, startProbe, over: desired.over && this.#open.size === 0 };
  }
}
