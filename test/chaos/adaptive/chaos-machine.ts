import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { assertNever } from '../../../src/base/assert-never.ts';
import { workflowIdPrefix } from '../../../src/messages/names.ts';
import { defaultDriveSettings } from '../../../src/messages/workflow-inputs.ts';
import { ensureServices } from '../../../src/services/ensure-services.ts';
import { readStatus, supervisorOf } from '../../../src/services/services-status.ts';
import { stopServices } from '../../../src/services/stop-services.ts';
import { temporalBinary, temporalServerVersion } from '../../../src/services/temporal/temporal-binary.ts';
import { temporalDatabaseFile } from '../../../src/services/temporal/temporal-server.ts';
import { readDeployment } from '../../../src/store/workers/drive-record.ts';
import { openStore, type Store } from '../../../src/store/database/open-store.ts';
import { eventually, type KeptProcess, workerProcess } from '../../support/sweep-machine.ts';
import type { Server, Target } from './fault.ts';
import { clientProgram, Clients } from './client-process.ts';
import { type ListedProcess, listProcesses, signal } from './process-list.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** What a run's processes are found by, in their environments. */
const mark = 'DROPSWEEP_CHAOS_FOLDER';

/**
 * A data directory under its supervisor, as `dropsweep up` leaves it, and beside it a control worker, two train workers and
 * two programs that ask for trainings, all of which reach PostgreSQL and Temporal through proxies of ours.
 */
export class ChaosMachine {
  readonly folder: string;
  readonly proxies: Readonly<Record<Server, TcpProxy>>;
  #workers: readonly KeptProcess[] = [];
  #askers: readonly KeptProcess[] = [];
  #clients: Clients | null = null;
  #store: Store | null = null;
  #connection: Connection | null = null;
  #temporalVersion = '';

  constructor(folder: string) {
    this.folder = folder;
    this.proxies = {
      postgres: new TcpProxy(() => readStatus(this.dataDirectory)?.postgres_port ?? 1),
      temporal: new TcpProxy(() => readStatus(this.dataDirectory)?.temporal_port ?? 1),
    };
  }

  get dataDirectory(): string {
    return join(this.folder, 'data');
  }

  get workers(): readonly KeptProcess[] {
    return this.#workers;
  }

  /** All of its processes that somebody has to start again. */
  get kept(): readonly KeptProcess[] {
    return [...this.#workers, ...this.#askers];
  }

  get clients(): Clients {
    if (this.#clients === null) throw new Error('the machine was not started');
    return this.#clients;
  }

  /** Its pool outlives restarts, as the dashboard's does: the port stays the same. */
  get store(): Store {
    if (this.#store === null) throw new Error('the machine was not started');
    return this.#store;
  }

  async start(): Promise<void> {
    mkdirSync(this.dataDirectory, { recursive: true, mode: 0o700 });
    this.#temporalVersion = await temporalServerVersion(await temporalBinary());
    await this.up();
    const { databaseUrl } = await this.#services();
    this.#store = openStore(databaseUrl);
    const proxied = new URL(databaseUrl);
    proxied.hostname = '127.0.0.1';
    proxied.port = String(await this.proxies.postgres.listen());
    const temporalAddress = `127.0.0.1:${await this.proxies.temporal.listen()}`;
    const { drive, environment } = this.#settings();
    const worker = (name: string, roles: readonly ('control' | 'train')[]) =>
      workerProcess({
        ...{ name, roles, slots: 2, folder: this.dataDirectory, databaseUrl: proxied.href },
        ...{ temporalAddress, drive, environment },
      });
    this.#workers = [worker('control', ['control']), worker('train-1', ['train']), worker('train-2', ['train'])];
    const { href } = proxied;
    const clients = await Clients.make({ folder: this.dataDirectory, databaseUrl: href, environment });
    this.#clients = clients;
    this.#askers = [1, 2].map((seed) => clients.kept(`asker ${seed}`, { kind: 'ask', seed }));
    await Promise.all(this.kept.map((process) => process.start()));
  }

  /** As a person would who finds the supervisor gone. */
  async up(): Promise<void> {
    await ensureServices({ ...this.#settings(), dataDirectory: this.dataDirectory, slots: 1, timeoutMs: 240_000 });
  }

  /** Whether a supervisor lives that has everything up. */
  isUp(): boolean {
    const status = readStatus(this.dataDirectory);
    const owner = supervisorOf(this.dataDirectory);
    return owner !== null && status?.state === 'up' && status.supervisor.pid === owner.pid;
  }

  /** Deletes Temporal's file under the server. Whoever kills it then has lost it. */
  deleteTemporal(): void {
    const file = temporalDatabaseFile(this.dataDirectory, this.#temporalVersion);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  }

  async stop(): Promise<void> {
    await Promise.all(this.kept.map((process) => process.stop()));
    await this.#connection?.close();
    await this.#store?.close();
    await stopServices(this.dataDirectory);
    await Promise.all(Object.values(this.proxies).map((proxy) => proxy.close()));
  }

  /** Kills whatever belongs to it, where nothing is to be asked any more. */
  end(): void {
    for (const { pid } of this.processes()) signal(pid, 'SIGKILL');
  }

  discard(): void {
    if (this.#clients !== null) rmSync(this.#clients.program, { force: true });
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  processes(): readonly ListedProcess[] {
    return listProcesses(this.folder);
  }

  /** Processes that are a target now. */
  pidsOf(target: Target, all: readonly ListedProcess[]): readonly number[] {
    const kept = readStatus(this.dataDirectory)?.services ?? {};
    const home = (name: string): number[] => [kept[name]?.process?.pid ?? []].flat();
    const alive = new Set(all.map(({ pid }) => pid));
    const pids = (): readonly number[] => {
      switch (target) {
        case 'supervisor':
          return [supervisorOf(this.dataDirectory)?.pid ?? []].flat();
        case 'home worker':
          return home('worker');
        case 'postgres':
          return home('postgres');
        case 'temporal':
          return home('temporal');
        case 'control worker':
          return this.#workers.slice(0, 1).flatMap(({ pid }) => pid ?? []);
        case 'train worker':
          return this.#workers.slice(1).flatMap(({ pid }) => pid ?? []);
        case 'trainer':
          return all.filter(({ command }) => command.includes('trainer-process-main')).map(({ pid }) => pid);
        case 'client':
          return all.filter(({ command }) => command.includes(clientProgram)).map(({ pid }) => pid);
        case 'backend':
          return all
            .filter(({ parent, command }) => home('postgres').includes(parent) && command.includes('127.0.0.1'))
            .map(({ pid }) => pid);
        default:
          return assertNever(target, 'target');
      }
    };
    return pids().filter((pid) => alive.has(pid));
  }

  /** Those that nobody owns: neither the supervisor, nor what it keeps, nor our workers, nor a child of one of these. */
  orphans(all: readonly ListedProcess[]): readonly ListedProcess[] {
    const owners: readonly Target[] = [
      'supervisor',
      'home worker',
      'postgres',
      'temporal',
      'control worker',
      'train worker',
    ];
    const owned = new Set(owners.flatMap((target) => this.pidsOf(target, all)));
    const byPid = new Map(all.map((each) => [each.pid, each]));
    const isOwned = ({ pid, parent }: ListedProcess): boolean => {
      // Clients are children of whoever watches.
      if (owned.has(pid) || parent === process.pid) return true;
      const above = byPid.get(parent);
      return above !== undefined && isOwned(above);
    };
    return all.filter((each) => !isOwned(each));
  }

  /** Ids of the deployment's open workflows once there are none, or after the time. */
  async openWorkflows(withinMs: number): Promise<readonly string[]> {
    const { temporalAddress } = await this.#services();
    this.#connection = Connection.lazy({ address: temporalAddress });
    const client = new Client({ connection: this.#connection });
    const query = `ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "${workflowIdPrefix(await readDeployment(this.store))}"`;
    let open: string[] = [];
    const none = async () => {
      open = [];
      for await (const { workflowId } of client.workflow.list({ query })) open.push(workflowId);
      return open.length === 0 ? open : null;
    };
    await eventually(none, withinMs, 500);
    return open;
  }

  #services() {
    return ensureServices({ ...this.#settings(), dataDirectory: this.dataDirectory, slots: 1, timeoutMs: 240_000 });
  }

  #settings() {
    const drive = { ...defaultDriveSettings, readEveryMs: 3_000, segmentsPerRun: 20, readingsPerRun: 10 };
    const { DATABASE_URL: _url, TEMPORAL_ADDRESS: _address, ...outside } = process.env;
    const own = { [mark]: this.folder, DROPSWEEP_DRIVE: JSON.stringify(drive), DROPSWEEP_CHECKPOINT_SECONDS: '1' };
    return { drive, environment: { ...outside, ...own } };
  }
}
