import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { laneIdPrefix, workflowIdPrefix } from '../../src/messages/names.ts';
import { defaultDriveSettings, type DriveSettings } from '../../src/messages/workflow-inputs.ts';
import { freePort } from '../../src/services/processes/free-port.ts';
import { clusterFolderOf } from '../../src/services/postgres/cluster-folder.ts';
import { databaseUrlOf, startPostgres } from '../../src/services/postgres/postgres-server.ts';
import { temporalBinary, temporalServerVersion } from '../../src/services/temporal/temporal-binary.ts';
import { startTemporal, temporalDatabaseFile } from '../../src/services/temporal/temporal-server.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { readDeployment } from '../../src/store/workers/drive-record.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import type { SweepPlan } from '../../src/sweep/sweep-definition.ts';
import { looseEndsQuery } from './loose-ends.ts';
import { eventually, KeptProcess, removeFolder, workerProcess } from './sweep-machine.ts';

export interface TestMachineOptions {
  readonly folder: string;
  readonly drive?: Partial<DriveSettings>;
  readonly slots?: number;
  readonly postgresSettings?: Readonly<Record<string, string>>;
  /** Puts a record into the empty database, and its files into the folder, before this version touches either. */
  readonly restore?: (databaseUrl: string) => Promise<void>;
}

export interface SweepAccount {
  readonly trainings: number;
  /** Trainings whose state is not final. */
  readonly open: number;
  /** Segments whose work was committed more than once. */
  readonly doubled: number;
  /** Succeeded trainings whose loss does not have one value for each step. */
  readonly gaps: number;
  readonly states: Readonly<Record<string, number>>;
}

/** A machine of its own: PostgreSQL, Temporal, a control worker and two train workers, each to be killed at will. */
export class TestMachine {
  readonly #options: TestMachineOptions;
  #processes: { postgres: KeptProcess; temporal: KeptProcess; workers: KeptProcess[] } | null = null;
  #store: Store | null = null;
  #connection: Connection | null = null;
  #temporalAddress = '';
  #temporalVersion = '';
  deployment = '';

  constructor(options: TestMachineOptions) {
    this.#options = options;
  }

  get store(): Store {
    if (this.#store === null) throw new Error('the machine was not started');
    return this.#store;
  }

  get processes() {
    if (this.#processes === null) throw new Error('the machine was not started');
    return this.#processes;
  }

  get client(): Client {
    this.#connection ??= Connection.lazy({ address: this.#temporalAddress });
    return new Client({ connection: this.#connection });
  }

  async start(): Promise<void> {
    const { folder, slots = 2, drive = {} } = this.#options;
    mkdirSync(folder, { recursive: true });
    const [postgresPort, temporalPort] = [await freePort(), await freePort()];
    const binary = await temporalBinary();
    this.#temporalVersion = await temporalServerVersion(binary);
    const databaseUrl = databaseUrlOf(folder, postgresPort);
    this.#databaseUrl = databaseUrl;
    this.#temporalAddress = `127.0.0.1:${temporalPort}`;
    const settings = { ...defaultDriveSettings, readEveryMs: 3_000, ...drive };
    const worker = (name: string, roles: readonly ('control' | 'train')[]) =>
      workerProcess({
        ...{ name, roles, slots, folder, databaseUrl, drive: settings },
        temporalAddress: this.#temporalAddress,
      });
    this.#processes = {
      postgres: new KeptProcess('postgres', async () => {
        const options = { dataDirectory: folder, port: postgresPort, logFile: join(folder, 'postgres.log') };
        return (await startPostgres({ ...options, settings: this.#options.postgresSettings ?? {} })).process;
      }),
      temporal: new KeptProcess('temporal', async () => {
        const options = { dataDirectory: folder, port: temporalPort, logFile: join(folder, 'temporal.log') };
        return (await startTemporal({ ...options, binary, version: this.#temporalVersion })).process;
      }),
      workers: [worker('control', ['control']), worker('train-1', ['train']), worker('train-2', ['train'])],
    };
    await Promise.all([this.#processes.postgres.start(), this.#processes.temporal.start()]);
    await this.#options.restore?.(databaseUrl);
    this.#store = openStore(databaseUrl);
    await migrate(this.#store);
    this.deployment = await readDeployment(this.#store);
    await Promise.all(this.#processes.workers.map((process) => process.start()));
  }

  async stop(): Promise<void> {
    if (this.#processes === null) return;
    await Promise.all(this.#processes.workers.map((process) => process.stop()));
    await this.#connection?.close();
    await this.#store?.close();
    await this.#processes.temporal.kill();
    await this.#processes.postgres.kill();
  }

  /** Removes all that the machine left on disk. */
  discard(): void {
    removeFolder(clusterFolderOf(this.#options.folder));
    removeFolder(this.#options.folder);
  }

  /** Deletes Temporal's file while its server is down. */
  async loseTemporal(): Promise<void> {
    await this.processes.temporal.kill();
    const file = temporalDatabaseFile(this.#options.folder, this.#temporalVersion);
    for (const suffix of ['', '-wal', '-shm']) removeFolder(`${file}${suffix}`);
    await this.processes.temporal.start();
  }

  async launch(plan: SweepPlan): Promise<string> {
    const result = await createSweep(this.store, { plan, datasets: [], launchedBy: {} });
    return result.sweepId;
  }

  /** The state in which the sweep ended; null: it did not within the time. */
  finished(sweepId: string, withinMs: number): Promise<string | null> {
    return eventually(async () => {
      const rows = await this.#query('select state from sweeps where id = $1', [sweepId]);
      const state = String(rows[0]?.['state']);
      return state === 'completed' || state === 'cancelled' ? state : null;
    }, withinMs);
  }

  async account(sweepId: string): Promise<SweepAccount> {
    const rows = await this.#query(
      `select case when l.pruned then 'pruned' else t.state::text end as state, count(*)::integer as count
       from sweep_trainings l join trainings t on t.id = l.training_id
       where l.sweep_id = $1 group by 1`,
      [sweepId],
    );
    const states = Object.fromEntries(rows.map((row) => [String(row['state']), Number(row['count'])]));
    const doubled = await this.#query(
      `select a.segment_id from attempts a join segments s on s.id = a.segment_id
       join sweep_trainings l on l.training_id = s.training_id
       where l.sweep_id = $1 and a.outcome in ('trained', 'evaluated') group by a.segment_id having count(*) > 1`,
      [sweepId],
    );
    const gaps = await this.#query(
      `select t.id from trainings t join sweep_trainings l on l.training_id = t.id
       where l.sweep_id = $1 and t.state = 'succeeded' and t.total_steps is distinct from
         (select sum(array_length(m.values, 1)) from metrics m where m.training_id = t.id and m.name = 'loss')`,
      [sweepId],
    );
    const trainings = Object.values(states).reduce((a, b) => a + b, 0);
    return { trainings, open: states['active'] ?? 0, doubled: doubled.length, gaps: gaps.length, states };
  }

  async finishedTrainings(sweepId: string): Promise<number> {
    const rows = await this.#query(
      'select count(*)::integer as count from sweep_trainings where sweep_id = $1 and not open',
      [sweepId],
    );
    return Number(rows[0]?.['count']);
  }

  async untilFinishedTrainings(sweepId: string, count: number, withinMs: number): Promise<boolean> {
    const enough = async () => ((await this.finishedTrainings(sweepId)) >= count ? true : null);
    return (await eventually(enough, withinMs)) ?? false;
  }

  async untilClaimed(sweepId: string, count: number, withinMs: number): Promise<boolean> {
    const enough = async () => {
      const claimed = await this.#query(
        `select s.id from segments s join sweep_trainings l on l.training_id = s.training_id
         where l.sweep_id = $1 and s.status = 'claimed'`,
        [sweepId],
      );
      return claimed.length >= count ? true : null;
    };
    return (await eventually(enough, withinMs)) ?? false;
  }

  async attemptOutcomes(sweepId: string): Promise<readonly string[]> {
    const rows = await this.#query(
      `select distinct a.outcome from attempts a join segments s on s.id = a.segment_id
       join sweep_trainings l on l.training_id = s.training_id where l.sweep_id = $1 and a.outcome is not null`,
      [sweepId],
    );
    return rows.map((row) => String(row['outcome']));
  }

  async untilNothingClaimed(withinMs: number): Promise<boolean> {
    const none = async () => {
      const claimed = await this.#query("select id from segments where status = 'claimed'", []);
      return claimed.length === 0 ? true : null;
    };
    return (await eventually(none, withinMs)) ?? false;
  }

  /** Closed runs of the sweep's workflows that ended in this way, once there are any, or after 15 s. */
  async closedRuns(status: 'CONTINUED_AS_NEW' | 'COMPLETED', sweepId: string): Promise<number> {
    const wanted = status === 'COMPLETED' ? 'Completed' : 'ContinuedAsNew';
    const query = `ExecutionStatus = "${wanted}" AND WorkflowId STARTS_WITH "${laneIdPrefix(this.deployment, sweepId)}"`;
    const some = async () => (await this.client.workflow.count(query)).count || null;
    return (await eventually(some, 15_000, 500)) ?? 0;
  }

  /** Trainings finished per second: over all, and over the first and the last `part`. */
  async trainingRates(sweepId: string, part: number): Promise<Record<'overall' | 'first' | 'last', number>> {
    const rows = await this.#query(
      `select extract(epoch from t.finished_at) as at from trainings t join sweep_trainings l on l.training_id = t.id
       where l.sweep_id = $1 order by 1`,
      [sweepId],
    );
    const times = rows.map((row) => Number(row['at']));
    const rate = (from: number, to: number) => {
      const seconds = (times[to - 1] ?? 0) - (times[from] ?? 0);
      return Math.round((10 * (to - from)) / seconds) / 10;
    };
    const count = times.length;
    return { overall: rate(0, count), first: rate(0, part), last: rate(count - part, count) };
  }

  /** Size of the database on disk. */
  async databaseBytes(): Promise<number> {
    const rows = await this.#query('select pg_database_size(current_database()) as bytes', []);
    return Number(rows[0]?.['bytes']);
  }

  async sweepStates(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#query('select id, state from sweeps', []);
    return new Map(rows.map((row) => [String(row['id']), String(row['state'])]));
  }

  /** What nothing may be once all sweeps have ended. */
  async looseEnds(): Promise<string[]> {
    return (await this.#query(looseEndsQuery, [])).map((row) => String(row['what']));
  }

  /** Ids of the deployment's open workflows once there are none, or after the time. */
  async openWorkflows(withinMs: number): Promise<string[]> {
    let open: string[] = [];
    await eventually(
      async () => {
        open = [];
        const query = `ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "${workflowIdPrefix(this.deployment)}"`;
        for await (const { workflowId } of this.client.workflow.list({ query })) open.push(workflowId);
        return open.length === 0 ? open : null;
      },
      withinMs,
      500,
    );
    return open;
  }

  async #query(text: string, values: readonly unknown[]): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  get databaseUrl(): string {
    return this.#databaseUrl;
  }
  #databaseUrl = '';
}
