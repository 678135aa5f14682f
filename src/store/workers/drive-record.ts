import { sql } from 'kysely';
import type { ResolvedInputs, SweepDefinition } from '../../sweep/sweep-definition.ts';
import { trainerNamed, trainersWith, traitsOf } from '../../sweep/trainer-traits.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';
import type { ProbeRequest, TheoryConstants } from '../../train/process/trainer-protocol.ts';
import { recordTrainings, takeUnrecorded } from '../plans/record-trainings.ts';
import { endOverdueSweeps } from '../search/end-overdue.ts';
import type { Store } from '../database/open-store.ts';

/** This database's deployment; made by the first who asks. */
export async function readDeployment(store: Store): Promise<string> {
  await sql`insert into deployments default values on conflict do nothing`.execute(store.db);
  const row = await store.db.selectFrom('deployments').select('id').executeTakeFirstOrThrow();
  return row.id;
}

const probeFailuresUntilGivenUp = 3;

/** Trainings that are recorded at once where slots are served meanwhile: they wait for tens of milliseconds. */
const besideWork = 250;

/**
 * Whether a sweep's constants are still to be measured: they are found by what they depend on, whoever measured them.
 */
const theoryMissing = sql<boolean>`sweeps.trainer in (${sql.join(trainersWith('method'))}) and not exists (
  select 1 from theory_constants c where c.theory_key = sweeps.theory_key
    and (c.constants is not null or c.failures >= ${probeFailuresUntilGivenUp}))`;

/**
 * The part of the record that the control worker's activities and reconciler use (activities/drive-record.ts has the
 * forms).
 */
export class PostgresDriveRecord {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Null: no such sweep. */
  async readSweepDrive(sweepId: string) {
    const sweep = await this.#store.db
      .selectFrom('sweeps')
      .select(['state', 'desired_state', 'desired_parallelism', 'generation', 'planned_trainings', 'trainer'])
      .select(theoryMissing.as('theory_missing'))
      .where('id', '=', sweepId)
      .executeTakeFirst();
    if (sweep === undefined) return null;
    return {
      desiredState: sweep.desired_state,
      desiredParallelism: sweep.desired_parallelism,
      generation: sweep.generation,
      trainings: traitsOf(trainerNamed(sweep.trainer)).slots ? sweep.planned_trainings : 0,
      finished: sweep.state === 'cancelled' || (sweep.state === 'completed' && !sweep.theory_missing),
      theoryMissing: sweep.theory_missing,
    };
  }

  /**
   * Sweeps that are neither finished nor cancelled. One whose trainings were all there already may still wait for the
   * constants of its complexity.
   */
  async readSweepsToDrive(): Promise<{ sweepId: string; generation: number; deviceClass?: string }[]> {
    const sweeps = await this.#store.db
      .selectFrom('sweeps')
      .select(['id', 'generation'])
      .select(sql<string | null>`definition ->> 'device'`.as('device'))
      .where(sql<boolean>`(state in ('running', 'paused') or (state = 'completed' and ${theoryMissing}))`)
      .where('desired_state', '<>', 'cancelled')
      .orderBy('priority', 'desc')
      .orderBy('created_at')
      .execute();
    return sweeps.map(({ id, generation, device }) => ({
      sweepId: id,
      generation,
      ...(device === null ? {} : { deviceClass: device }),
    }));
  }

  endOverdueSweeps(): Promise<void> {
    return endOverdueSweeps(this.#store);
  }

  /** Records what launches have left to be recorded, or broke off at. @param signal ends it after a block */
  async finishLaunches(signal?: AbortSignal): Promise<void> {
    const options = { blockSize: besideWork, ...(signal === undefined ? {} : { signal }) };
    for (let next = await takeUnrecorded(this.#store); next !== null; next = await takeUnrecorded(this.#store)) {
      await recordTrainings(this.#store, next, options);
      if (signal?.aborted === true) return;
    }
  }

  /** Counts the generation up if it is still `expected`. Null: somebody else did. */
  async beginGeneration(sweepId: string, expected: number): Promise<number | null> {
    const row = await this.#store.db
      .updateTable('sweeps')
      .set({ generation: expected + 1 })
      .where('id', '=', sweepId)
      .where('generation', '=', expected)
      .returning('generation')
      .executeTakeFirst();
    return row?.generation ?? null;
  }

  /** Null: the constants are already there, or no such sweep. */
  async readProbeRequest(sweepId: string): Promise<Omit<ProbeRequest, 'modelFolder' | 'datasetFile'> | null> {
    const sweep = await this.#store.db
      .selectFrom('sweeps')
      .select(['definition', 'inputs'])
      .where('id', '=', sweepId)
      .where(theoryMissing)
      .executeTakeFirst();
    if (sweep === undefined) return null;
    const definition: SweepDefinition = sweep.definition;
    const inputs: ResolvedInputs = sweep.inputs;
    const configuration: TrainingConfiguration = { keep: 'last', ...definition.training };
    const { base, task, train } = inputs;
    return { trainer: definition.trainer, base, task, train, configuration, seed: configuration.seed };
  }

  /** Keeps what is there already. */
  async writeTheoryConstants(sweepId: string, constants: TheoryConstants): Promise<void> {
    await sql`
      insert into theory_constants as c (theory_key, constants)
      select theory_key, ${JSON.stringify(constants)}::jsonb from sweeps where id = ${sweepId}
      on conflict (theory_key) do update set constants = excluded.constants, measured_at = now()
      where c.constants is null`.execute(this.#store.db);
  }

  /** After the third time nothing waits for them any more. */
  async countTheoryFailure(sweepId: string): Promise<void> {
    await sql`
      insert into theory_constants as c (theory_key, failures) select theory_key, 1 from sweeps where id = ${sweepId}
      on conflict (theory_key) do update set failures = c.failures + 1`.execute(this.#store.db);
  }

  /** Frozen rows by hash; null: not in this database. */
  async readDataset(hash: string): Promise<Uint8Array | null> {
    const row = await this.#store.db
      .selectFrom('datasets')
      .select('content')
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row?.content ?? null;
  }
}
