import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DropsweepError } from '../base/errors.ts';
import { fileRefusal } from '../base/file-refusal.ts';
import type { Progress } from '../base/progress.ts';
import { migrate } from '../store/database/migrate.ts';
import { openStore } from '../store/database/open-store.ts';
import { ownIdentity } from '../worker/slots/process-identity.ts';
import { temporalFault } from '../worker/temporal/reach-temporal.ts';
import { temporalAddressOf } from '../worker/temporal/temporal-address.ts';
import { builtFile } from './processes/built-file.ts';
import { demandRoom } from './demand-room.ts';
import { endOrphans } from './processes/end-orphans.ts';
import { portOf } from './processes/free-port.ts';
import { KeptService, type KeptServiceOptions } from './processes/kept-service.ts';
import { databaseUrlOf, postgresAnswers, startPostgres } from './postgres/postgres-server.ts';
import { rotateLogs } from './processes/rotate-logs.ts';
import { logFileOf, readStatus, type ServicesStatus, statusFileOf, writePrivately } from './services-status.ts';
import { outsideKey, type SupervisorSettings } from './supervisor-settings.ts';
import { temporalBinary, temporalServerVersion } from './temporal/temporal-binary.ts';
import { startTemporal } from './temporal/temporal-server.ts';

const largestLogBytes = 16 * 2 ** 20;
const rotateEveryMs = 20_000;
const longestStartMs = 60_000;

/** Keeps PostgreSQL, Temporal and one worker process of a data directory up. It owns the directory already. */
export class Supervisor {
  readonly #settings: SupervisorSettings;
  readonly #log: (text: string) => void;
  readonly #services: KeptService[] = [];
  #status: ServicesStatus;
  #rotation: NodeJS.Timeout | null = null;
  #started: Promise<void> | null = null;
  #stopped: Promise<void> | null = null;

  constructor(settings: SupervisorSettings, log: (text: string) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#status = {
      ...{ supervisor: ownIdentity(), state: 'starting', progress: 'starting', fault: null, services: {} },
      ...{ database_url: '', postgres_port: null, temporal_address: '', temporal_namespace: '', temporal_port: null },
      ...{ slots: settings.slots, outside: outsideKey(settings.environment) },
    };
  }

  /** @throws what made a first start impossible, after everything that did start was stopped */
  start(): Promise<void> {
    this.#started ??= this.#startAll();
    return this.#started;
  }

  async #startAll(): Promise<void> {
    const { dataDirectory, environment } = this.#settings;
    const before = readStatus(dataDirectory);
    try {
      mkdirSync(dirname(logFileOf(dataDirectory, 'worker')), { recursive: true, mode: 0o700 });
      demandRoom(dataDirectory);
      for (const ended of await endOrphans(dataDirectory)) this.#log(`ended ${ended}, left by an earlier supervisor`);
      this.#say('starting PostgreSQL');
      const database_url = environment['DATABASE_URL'] ?? (await this.#startPostgres(before?.postgres_port ?? null));
      this.#say('bringing the schema up to date', { database_url });
      await migrateDatabase(database_url);
      this.#say('starting Temporal');
      const { address, namespace } =
        environment['TEMPORAL_ADDRESS'] === undefined
          ? await this.#startTemporal(before?.temporal_port ?? null)
          : temporalAddressOf(environment);
      this.#say('starting the worker', { temporal_address: address, temporal_namespace: namespace });
      await this.#keep('worker', { start: () => this.#spawnWorker() });
      if (this.#status.state !== 'stopping') this.#say('', { state: 'up' });
      this.#rotation = setInterval(() => this.#rotate(), rotateEveryMs);
    } catch (error) {
      await this.#stopServices();
      const known = fileRefusal(error) ?? error;
      const code = known instanceof DropsweepError ? known.code : 'SERVICE_UNAVAILABLE';
      const message = known instanceof Error ? known.message : String(known);
      this.#update({ state: 'failed', fault: { code, message } });
      throw error;
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    if (this.#rotation !== null) clearInterval(this.#rotation);
    this.#say('stopping', { state: 'stopping' });
    // A start under way ends at its next service; a build of Temporal is not waited for.
    const settled = this.#started?.catch(() => undefined);
    await Promise.race([settled, sleep(longestStartMs)]);
    await this.#stopServices();
    // Ports are kept for the next start; what ran is not.
    this.#update({ services: {} });
  }

  async #stopServices(): Promise<void> {
    for (const service of this.#services.toReversed()) await service.stop();
  }

  async #startPostgres(wanted: number | null): Promise<string> {
    const { dataDirectory } = this.#settings;
    const port = await portOf(wanted);
    this.#update({ postgres_port: port });
    const say = (text: string): void => {
      this.#log(text);
      this.#say(text);
    };
    const options = { dataDirectory, port, logFile: logFileOf(dataDirectory, 'postgres'), say };
    const databaseUrl = databaseUrlOf(dataDirectory, port);
    await this.#keep('postgres', {
      start: async () => (await startPostgres(options)).process,
      answers: () => postgresAnswers(databaseUrl),
    });
    return databaseUrl;
  }

  async #startTemporal(wanted: number | null): Promise<{ readonly address: string; readonly namespace: string }> {
    const { dataDirectory, environment } = this.#settings;
    const told: Progress = (text, amount) => this.#say(text, { amount: amount ?? null });
    const binary = await temporalBinary({ environment, progress: told });
    const version = await temporalServerVersion(binary);
    const port = await portOf(wanted);
    this.#update({ temporal_port: port });
    const options = { binary, version, dataDirectory, port, logFile: logFileOf(dataDirectory, 'temporal') };
    const place = { address: `127.0.0.1:${port}`, namespace: 'default' };
    await this.#keep('temporal', {
      start: async () => (await startTemporal(options)).process,
      // Its SQLite may answer each request by "interrupted" for ever: whether it listens says nothing.
      answers: async () => (await temporalFault({ ...place, tls: false })) === null,
    });
    return place;
  }

  #spawnWorker(): Promise<ChildProcess> {
    const { dataDirectory, slots, environment } = this.#settings;
    const log = openSync(logFileOf(dataDirectory, 'worker'), 'a', 0o600);
    const args = ['--role', 'control,train', '--slots', String(slots), '--data', dataDirectory, '--supervised'];
    const child = spawn(process.execPath, [builtFile('worker/main.js'), ...args], {
      stdio: ['ignore', log, log],
      detached: true,
      env: {
        ...environment,
        DATABASE_URL: this.#status.database_url,
        TEMPORAL_ADDRESS: this.#status.temporal_address,
        TEMPORAL_NAMESPACE: this.#status.temporal_namespace,
      },
    });
    closeSync(log);
    return Promise.resolve(child);
  }

  async #keep(name: string, kept: Pick<KeptServiceOptions, 'start' | 'answers'>): Promise<void> {
    const service = new KeptService({
      name,
      ...kept,
      start: () => {
        demandRoom(this.#settings.dataDirectory);
        return kept.start();
      },
      changed: () => this.#update({}),
      log: this.#log,
    });
    if (this.#status.state === 'stopping') throw new Error('stopped while starting');
    this.#services.push(service);
    await service.start();
  }

  /** What goes on now. */
  #say(progress: string, change: Partial<ServicesStatus> = {}): void {
    this.#update({ progress, amount: null, ...change });
  }

  #update(change: Partial<ServicesStatus>): void {
    const services = Object.fromEntries(this.#services.map((service) => [service.name, service.status]));
    this.#status = { ...this.#status, services, ...change };
    try {
      writePrivately(statusFileOf(this.#settings.dataDirectory), this.#status);
    } catch (error) {
      // A full disk must not end the supervisor: the file says less than it should until there is room again.
      this.#log(`the status could not be written: ${String(error)}`);
    }
  }

  #rotate(): void {
    try {
      rotateLogs(dirname(logFileOf(this.#settings.dataDirectory, 'worker')), largestLogBytes);
    } catch (error) {
      this.#log(`logs could not be rotated: ${String(error)}`);
    }
  }
}

async function migrateDatabase(databaseUrl: string): Promise<void> {
  const store = openStore(databaseUrl, { poolSize: 1 });
  try {
    await migrate(store);
  } finally {
    await store.close();
  }
}
