import type { SweepSnapshot } from '../store/sweep-snapshot.ts';
import type { Banner } from './event-lines.ts';
import type { DashboardCommand, KeyMeaning } from './key-bindings.ts';
import { firstLine } from './snapshot-poller.ts';

/** What a key asks of the sweep. */
export type SteeringKey = Extract<KeyMeaning, { readonly kind: 'pause' | 'resume' | 'parallelism' }>;

export interface SteeringOptions {
  readonly snapshot: () => SweepSnapshot | null;
  /** Shows what was asked for before the record says so. */
  readonly foresee: (snapshot: SweepSnapshot) => void;
  /** Writes desired state into PostgreSQL. */
  readonly command: (command: DashboardCommand) => Promise<void>;
  readonly say: (banner: Banner) => void;
}

/** Turns keys into commands, and says of each what became of it. */
export class Steering {
  readonly #options: SteeringOptions;

  constructor(options: SteeringOptions) {
    this.#options = options;
  }

  take(key: SteeringKey): void {
    const { say, foresee } = this.#options;
    const snapshot = this.#options.snapshot();
    if (snapshot === null) return say({ text: 'nothing of the sweep has been read yet', urgent: false });
    const refusal = whyNot(snapshot, key);
    if (refusal !== null) return say({ text: refusal, urgent: false });
    if (key.kind !== 'parallelism') return void this.#ask({ kind: key.kind }, key.kind);
    const parallelism = Math.max(1, snapshot.desiredParallelism + key.change);
    // Shown at once, so that two quick presses count twice; the next reading confirms or corrects it.
    foresee({ ...snapshot, desiredParallelism: parallelism });
    void this.#ask({ kind: 'set_parallelism', parallelism }, `parallelism ${parallelism}`);
  }

  async #ask(command: DashboardCommand, what: string): Promise<void> {
    const { say, command: write } = this.#options;
    say({ text: `asked for: ${what}`, urgent: false });
    try {
      await write(command);
    } catch (error) {
      say({ text: `could not ask for ${what}: ${firstLine(error)}`, urgent: true });
    }
  }
}

/** Why a sweep does not take a command now; null: it does. */
export function whyNot(
  { name, state }: Pick<SweepSnapshot, 'name' | 'state'>,
  { kind }: Pick<SteeringKey, 'kind'>,
): string | null {
  if (state === 'completed') return `${name} is completed: ${nothingLeft[kind]}`;
  if (state === 'cancelled') return `${name} is cancelled: dropsweep resume ${name} goes on with it`;
  return null;
}

const nothingLeft: Readonly<Record<SteeringKey['kind'], string>> = {
  pause: 'nothing of it runs that could be paused',
  resume: 'nothing of it is left to run',
  parallelism: 'nothing of it is left to run on more or fewer lanes',
};
