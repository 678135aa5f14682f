import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { Banner } from '../parts/event-lines.ts';
import type { DashboardCommand } from '../input/key-bindings.ts';
import { reasonOf } from './reason-of.ts';
import { type Order, orderOf, type SteeringKey } from './steering-orders.ts';

export interface SteeringOptions {
  readonly snapshot: () => SweepSnapshot | null;
  /** Shows what was asked for before the record says so. */
  readonly foresee: (snapshot: SweepSnapshot) => void;
  /** Trials that are marked, and those of the chosen row. */
  readonly trials: () => { readonly marked: readonly number[]; readonly chosen: readonly number[] };
  /** Writes desired state into PostgreSQL. @returns false: it was so already */
  readonly command: (command: DashboardCommand) => Promise<boolean>;
  /** Asks before what cannot be undone. */
  readonly confirm: (question: string, act: () => void) => void;
  readonly say: (banner: Banner) => void;
  /** Why nothing is commanded; null: it is. */
  readonly refusal: string | null;
}

/** Turns keys into commands, and says of each what became of it. */
export class Steering {
  readonly #options: SteeringOptions;

  constructor(options: SteeringOptions) {
    this.#options = options;
  }

  take(key: SteeringKey): void {
    const { say, foresee, refusal, trials, confirm } = this.#options;
    if (refusal !== null) return say({ text: refusal, urgent: false });
    const snapshot = this.#options.snapshot();
    if (snapshot === null) return say({ text: 'nothing of the sweep has been read yet', urgent: false });
    const { marked, chosen } = trials();
    const order = orderOf(key, snapshot, marked, chosen);
    if (typeof order === 'string') return say({ text: order, urgent: false });
    if (order.question !== undefined) return confirm(order.question, () => void this.#ask(order));
    const { command } = order;
    // Shown at once, so that two quick presses count twice; the next reading confirms or corrects it.
    if (command.kind === 'set_parallelism') foresee({ ...snapshot, desiredParallelism: command.parallelism });
    void this.#ask(order);
  }

  async #ask({ command, what, idle }: Order): Promise<void> {
    const { say, command: write } = this.#options;
    say({ text: `asked for: ${what}`, urgent: false });
    try {
      if (!(await write(command))) say({ text: idle ?? `${what}: it is so already`, urgent: false });
    } catch (error) {
      say({ text: `could not ask for ${what}: ${reasonOf(error)}`, urgent: true });
    }
  }
}
