import { existsSync, statSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { cacheFolderOf } from '../../hub/cache-folder.ts';
import {
  checkDevices,
  checkListening,
  checkOutside,
  checkPostgres,
  checkServices,
  checkTemporal,
} from './doctor-checks.ts';
import { checkPlatform, thisPlatform } from './check-platform.ts';
import { checkRights } from './check-rights.ts';
import { freeBytes } from '../demand-room.ts';
import type { DoctorFinding } from './doctor-finding.ts';
import { lockFileOf, statusFileOf } from '../services-status.ts';

const gibibyte = 2 ** 30;
const oldestNode = [20, 19] as const;

/** Looks at everything that dropsweep needs on this machine. Starts and changes nothing. */
export async function doctor(dataDirectory: string): Promise<readonly DoctorFinding[]> {
  const rights = checkRights(dataDirectory, process.env);
  const own = rights.every(({ name, status }) => name !== 'data directory' || status === 'ok');
  const slow = await Promise.all([
    checkTemporal(),
    checkDevices(),
    own ? checkServices(dataDirectory) : [],
    checkOutside(process.env),
  ]);
  return [
    checkNode(),
    checkPlatform(thisPlatform()),
    ...checkMachine(),
    checkDisk(dataDirectory),
    ...rights,
    checkPostgres(),
    ...slow.flat(),
    checkModels(),
    ...(own ? [checkSecrets(dataDirectory), checkListening(dataDirectory)] : []),
  ];
}

function checkNode(): DoctorFinding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (fits) return { name: 'Node.js', status: 'ok', detail: process.versions.node };
  return {
    name: 'Node.js',
    status: 'fail',
    detail: process.versions.node,
    fix: `use ${oldestNode.join('.')} or newer`,
  };
}

function checkMachine(): DoctorFinding[] {
  const total = totalmem() / gibibyte;
  const free = freemem() / gibibyte;
  const detail = `${total.toFixed(1)} GiB, ${free.toFixed(1)} GiB free`;
  return [
    { name: 'cores', status: 'ok', detail: String(availableParallelism()) },
    total >= 3.5
      ? { name: 'memory', status: 'ok', detail }
      : { name: 'memory', status: 'warn', detail, fix: 'one slot wants about 2 GiB besides PostgreSQL and Temporal' },
  ];
}

function checkDisk(dataDirectory: string): DoctorFinding {
  const name = 'disk';
  const free = freeBytes(dataDirectory) / gibibyte;
  const detail = `${free.toFixed(1)} GiB free for ${dataDirectory}`;
  const fix = 'make room, or set DROPSWEEP_DATA to a folder on another disk';
  if (free >= 2) return { name, status: 'ok', detail };
  return { name, status: free >= 0.125 ? 'warn' : 'fail', detail, fix };
}

function checkModels(): DoctorFinding {
  const folder = join(cacheFolderOf(process.env), 'models');
  const detail = existsSync(folder) ? folder : `${folder}: nothing fetched yet`;
  return { name: 'model cache', status: 'ok', detail };
}

function checkSecrets(dataDirectory: string): DoctorFinding {
  const name = 'secret files';
  const files = [join(dataDirectory, 'postgres-password'), statusFileOf(dataDirectory), lockFileOf(dataDirectory)];
  const open = files.filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0);
  if (open.length === 0) return { name, status: 'ok', detail: 'readable by their owner only' };
  return { name, status: 'fail', detail: `others may read ${open.join(', ')}`, fix: `chmod 600 ${open.join(' ')}` };
}
