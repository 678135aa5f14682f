import { mkdirSync, writeSync } from 'node:fs';
import { isDiskFull } from '../base/disk-full.ts';
import { DropsweepError } from '../base/errors.ts';
import { dataDirectoryOf } from './data-directory.ts';
import { disownDataDirectory, ownDataDirectory } from './processes/own-data-directory.ts';
import { Supervisor } from './supervisor.ts';
import { readSupervisorSettings } from './supervisor-settings.ts';

const busyStatus = 3;

/** The resident process behind `up`. SIGTERM and SIGINT stop it and all it owns; a closed terminal does not. */
async function main(): Promise<void> {
  const settings = readSupervisorSettings(process.argv.slice(2), process.env);
  const dataDirectory = settings.dataDirectory ?? dataDirectoryOf(process.env);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  await ownDataDirectory(dataDirectory);
  const supervisor = new Supervisor({ ...settings, dataDirectory }, log);
  process.on('SIGHUP', () => undefined);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
  });
  try {
    log(`owns ${dataDirectory} as pid ${process.pid}`);
    await Promise.race([supervisor.start(), stopped]);
    await stopped;
    log('stopping');
    await supervisor.stop();
    log('stopped');
  } finally {
    disownDataDirectory(dataDirectory);
  }
}

function log(text: string): void {
  try {
    writeSync(process.stderr.fd, `${new Date().toISOString()} ${text}\n`);
  } catch (error) {
    // A full disk must not end the supervisor: its log has a gap until there is room again.
    if (!isDiskFull(error)) throw error;
  }
}

try {
  await main();
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof DropsweepError && error.code === 'SUPERVISOR_BUSY' ? busyStatus : 1;
}
process.exit();
