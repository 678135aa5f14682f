import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureServices, type Services } from '../../src/services/ensure-services.ts';
import { clusterFolderOf } from '../../src/services/postgres/cluster-folder.ts';
import { readStatus, type ServiceStatus, type ServicesStatus } from '../../src/services/services-status.ts';
import { stopServices } from '../../src/services/stop-services.ts';

/** A data directory of a test's own; `remove` ends whatever runs there. */
export class ServiceFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'dropsweep-services-'));
  readonly environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = {}) {
    const { DATABASE_URL: _, TEMPORAL_ADDRESS: __, ...rest } = process.env;
    this.environment = { ...rest, ...environment };
  }

  up(): Promise<Services> {
    return ensureServices({ dataDirectory: this.path, environment: this.environment, slots: 1, timeoutMs: 120_000 });
  }

  get status(): ServicesStatus {
    const status = readStatus(this.path);
    if (status === null) throw new Error('no status was written');
    return status;
  }

  service(name: string): ServiceStatus {
    const service = this.status.services[name];
    if (service === undefined) throw new Error(`no service ${name}`);
    return service;
  }

  pid(name: string): number {
    const pid = this.service(name).process?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  async remove(): Promise<void> {
    await stopServices(this.path);
    rmSync(clusterFolderOf(this.path), { recursive: true, force: true });
    rmSync(this.path, { recursive: true, force: true });
  }
}
