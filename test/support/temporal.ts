import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/services/processes/free-port.ts';
import { temporalBinary, temporalServerVersion } from '../../src/services/temporal/temporal-binary.ts';
import { startTemporal } from '../../src/services/temporal/temporal-server.ts';
import { isProvedDead, type ProcessIdentity, readStartTime } from '../../src/worker/slots/process-identity.ts';

interface TestTemporal {
  readonly address: string;
  readonly server: ProcessIdentity | null;
  readonly fault: string | null;
}

/** Address of the run's Temporal server; the first test that asks starts it. */
export async function testTemporalAddress(): Promise<string> {
  const { inject } = await import('vitest'); // Global setup imports this file too, where vitest's own may not be.
  const runFolder = inject('runFolder');
  if (isFirst(runFolder)) record(runFolder, await start(runFolder));
  while (!existsSync(recordOf(runFolder))) await sleep(100);
  const { address, fault } = readRecord(runFolder);
  if (fault !== null) throw new Error(fault);
  return address;
}

/** Ends it, if any test asked for it. */
export async function stopTestTemporal(runFolder: string): Promise<void> {
  if (!existsSync(recordOf(runFolder))) return;
  const { server } = readRecord(runFolder);
  if (server === null || isProvedDead(server)) return;
  process.kill(server.pid, 'SIGKILL');
  while (!isProvedDead(server)) await sleep(20);
}

async function start(runFolder: string): Promise<TestTemporal> {
  try {
    const binary = await temporalBinary();
    const running = await startTemporal({
      binary,
      version: await temporalServerVersion(binary),
      dataDirectory: runFolder,
      port: await freePort(),
      logFile: join(runFolder, 'temporal.log'),
    });
    running.process.unref();
    const pid = running.process.pid ?? 0;
    return { address: running.address, server: { pid, startTime: readStartTime(pid) ?? '' }, fault: null };
  } catch (error) {
    return { address: '', server: null, fault: error instanceof Error ? error.message : String(error) };
  }
}

function isFirst(runFolder: string): boolean {
  try {
    mkdirSync(join(runFolder, 'temporal-lock'));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function record(runFolder: string, temporal: TestTemporal): void {
  writeFileSync(`${recordOf(runFolder)}.partial`, JSON.stringify(temporal));
  renameSync(`${recordOf(runFolder)}.partial`, recordOf(runFolder));
}

function readRecord(runFolder: string): TestTemporal {
  return JSON.parse(readFileSync(recordOf(runFolder), 'utf8')) as TestTemporal;
}

function recordOf(runFolder: string): string {
  return join(runFolder, 'temporal.json');
}
