import type { SweepCommand } from '../../../src/store/commands.ts';
import type { SweepOrder } from './chaos-sweep.ts';

/** What a client process is to do: ask for trainings and work on them until it is ended, or one thing that a person asks for. */
export type ClientOrder =
  | { readonly kind: 'ask'; readonly seed: number }
  /** Launches the sweep, or where it was extended gives it its larger file. */
  | { readonly kind: 'launch'; readonly sweep: SweepOrder }
  | { readonly kind: 'command'; readonly sweep: string; readonly commandId: string; readonly command: SweepCommand };

/** Exit statuses of a client whose order needs not be repeated: the sweep's budget is spent, or it was refused otherwise. */
export const spentStatus = 3;
export const refusedStatus = 4;
