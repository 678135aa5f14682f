import { randomUUID } from 'node:crypto';
import type { SweepCommand } from '../../../src/store/commands.ts';
import { chaosPlan, type SearchName, type SweepOrder, trainingsOf } from './chaos-sweep.ts';
import type { ClientOrder } from './client-order.ts';
import type { Fault } from './fault.ts';
import { patiently } from './patiently.ts';
import type { FaultOptions } from './run-faults.ts';

/** A sweep of a run as it was asked for last. */
export interface StartedSweep extends SweepOrder {
  readonly sweepId: string;
}

const sweepsAtOnce = 2;
const mostExtensions = 2;

interface Followed extends StartedSweep {
  /** Under way: each is repeated until it is carried out. */
  readonly edits: number;
  /** One of them is an extension. */
  readonly extending: boolean;
  /** Another learns from it: it stays as it ended. */
  readonly kept: boolean;
}

/** The sweeps of a run: keeps two of them running and changes them, by clients that meet the faults, too. */
export class SweepsUnderFaults {
  readonly #options: FaultOptions;
  readonly #wrong: (what: string) => void;
  readonly #sweeps: Followed[] = [];
  readonly #under = new Set<Promise<void>>();
  #lookingAfter = false;

  /** @param wrong is told what could not be carried out */
  constructor(options: FaultOptions, wrong: (what: string) => void) {
    this.#options = options;
    this.#wrong = wrong;
  }

  get started(): readonly StartedSweep[] {
    return this.#sweeps;
  }

  /** Launches what there is to launch. The database may be away for long: nobody waits for it. */
  lookAfter(): void {
    if (this.#lookingAfter) return;
    this.#lookingAfter = true;
    this.#follow(
      'no sweep was launched',
      this.#keepRunning().finally(() => (this.#lookingAfter = false)),
    );
  }

  /** Everything that was begun has ended. */
  async settled(): Promise<void> {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  /** Begins to change a sweep, the newest first. @returns false: there is none */
  edit({ edit, which, share }: Extract<Fault, { kind: 'edit' }>): boolean {
    const place = this.#sweeps.length - 1 - (which % sweepsAtOnce);
    const sweep = this.#sweeps[place];
    if (sweep === undefined || sweep.kept) return false;
    const command = (detail: SweepCommand): ClientOrder => ({
      ...{ kind: 'command', sweep: sweep.name, commandId: randomUUID(), command: detail },
    });
    if (edit === 'parallelism') {
      const parallelism = 1 + Math.floor(share * 8);
      this.#carryOut(place, command({ kind: 'set_parallelism', parallelism }));
    } else if (edit === 'budget') {
      this.#carryOut(place, command({ kind: 'set_budget', changes: changesOf(share, sweep.trainings) }));
    } else {
      // One after the other: a larger file follows from the one before it.
      if (sweep.extending || sweep.extensions >= mostExtensions) return false;
      const { name, search, trainings, seed, learnFrom } = sweep;
      const extensions = sweep.extensions + 1;
      this.#carryOut(
        place,
        { kind: 'launch', sweep: { name, search, trainings, seed, learnFrom, extensions } },
        { extensions, extending: true },
      );
    }
    return true;
  }

  #carryOut(place: number, order: ClientOrder, { extending = false, ...then }: Partial<Followed> = {}): void {
    const change = (by: Partial<Followed>): void => {
      const sweep = this.#sweeps[place];
      if (sweep !== undefined) this.#sweeps[place] = { ...sweep, ...by };
    };
    const edits = (by: number): Partial<Followed> => ({ edits: (this.#sweeps[place]?.edits ?? 0) + by });
    change({ ...edits(1), ...(extending ? { extending } : {}) });
    const carried = async (): Promise<void> => {
      const isDone = await this.#options.machine.clients.carriesOut(order);
      change({ ...edits(-1), ...(isDone ? then : {}), ...(extending ? { extending: false } : {}) });
      this.#options.log(`${isDone ? 'carried out' : 'refused'}: ${JSON.stringify(order)}`);
    };
    this.#follow('a change of a sweep', carried());
  }

  async #keepRunning(): Promise<void> {
    const { machine, seed, searches, trainings } = this.#options;
    for (let open = (await this.#states('running')).size; open < sweepsAtOnce; open += 1) {
      const number = this.#sweeps.length;
      const search = searches[number % searches.length] ?? 'independent';
      const learnFrom = search === 'learning' ? await this.#keepEnded() : null;
      const order = { name: `${search}-${seed}-${number}`, search, trainings, seed: seed + number, learnFrom };
      const sweep = { ...order, extensions: 0 };
      const done = await machine.clients.carriesOut({ kind: 'launch', sweep });
      if (!done) throw new Error(`${sweep.name} was refused`);
      const sweepId = await this.#idOf(sweep.name);
      this.#sweeps.push({ ...sweep, sweepId, edits: 0, extending: false, kept: false });
      const planned = trainingsOf(chaosPlan(sweep));
      this.#options.log(`launched ${sweep.name}: ${planned} trainings, learning from ${learnFrom ?? 'none'}`);
    }
  }

  /** The name of a sweep that has ended and that nobody changes any more; null: there is none. */
  async #keepEnded(): Promise<string | null> {
    const ended = await this.#states('completed');
    const asHere = (search: SearchName) => search !== 'asked';
    const place = this.#sweeps.findLastIndex(
      ({ sweepId, search, edits }) => ended.has(sweepId) && asHere(search) && edits === 0,
    );
    const sweep = this.#sweeps[place];
    if (sweep === undefined) return null;
    this.#sweeps[place] = { ...sweep, kept: true };
    return sweep.name;
  }

  async #idOf(name: string): Promise<string> {
    const ask = this.#options.machine.store.db.selectFrom('sweeps').select('id').where('name', '=', name);
    return (await patiently(() => ask.executeTakeFirstOrThrow())).id;
  }

  async #states(state: 'running' | 'completed'): Promise<ReadonlySet<string>> {
    const ids = this.#sweeps.map(({ sweepId }) => sweepId);
    if (ids.length === 0) return new Set();
    const { db } = this.#options.machine.store;
    const ask = db.selectFrom('sweeps').select('id').where('id', 'in', ids).where('state', '=', state);
    return new Set((await patiently(() => ask.execute())).map(({ id }) => id));
  }

  #follow(what: string, work: Promise<void>): void {
    const over = work
      .catch((error: unknown) => this.#wrong(`${what}: ${String(error)}`))
      .finally(() => this.#under.delete(over));
    this.#under.add(over);
  }
}

/** One in four will end the sweep before its last training, or is refused where it would end it at once. */
function changesOf(share: number, trainings: number) {
  if (share < 0.25) return { trainings: Math.ceil(trainings * (0.5 + share)) };
  const far = [{ trainings: 100_000 }, { hours: 1_000 }, { failures: 100_000 }, { slot_hours: 1_000 }];
  return far[Math.floor(share * 400) % far.length] ?? { hours: 1_000 };
}
