import { setMaxListeners } from 'node:events';
import { escapeControls } from '../base/escape-controls.ts';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { surviveFullLog } from '../base/survive-full-log.ts';
import { DropsweepError } from '../base/errors.ts';
import { fileRefusal } from '../base/file-refusal.ts';
import { chooseDevice } from '../runtime/devices/choose-device.ts';
import { databaseRefusal, withoutPassword } from '../store/database/database-refusal.ts';
import { openWorkerRecord } from './open-worker-record.ts';
import { resolveModelFolder } from './files/resolve-model-folder.ts';
import { runWorker } from './run-worker.ts';
import { readWorkerSettings } from './worker-settings.ts';

const interruptedStatus = 130;

/** A worker process. The first SIGINT or SIGTERM drains it, the second ends it at once. */
async function main(): Promise<void> {
  surviveFullLog(process.stderr);
  const log = pino({ name: 'worker' }, process.stderr);
  // Signals are ours: the SDK would shut its workers down on its own.
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
  const { device, ...wished } = readWorkerSettings(process.argv.slice(2), process.env);
  const settings = { ...wished, deviceClass: await chooseDevice(device, process.env) };
  if (device !== 'cpu') log.info(`slots compute on ${settings.deviceClass}`);
  const drain = new AbortController();
  // Every job and slot listens while it waits, and takes its listener away: how many there are is no leak.
  setMaxListeners(0, drain.signal);
  // Whoever started it in a terminal is gone without a word: nobody would end it.
  process.on('disconnect', () => {
    log.info('draining: the process that started it has ended');
    drain.abort();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (drain.signal.aborted) process.exit(interruptedStatus);
      log.info('draining: running segments are given back; once more leaves at once');
      drain.abort();
    });
  }
  const warn = (what: string, error: unknown) => log.warn({ err: error }, what);
  const record = await openWorkerRecord({ ...settings, warn });
  try {
    await runWorker({
      settings,
      record,
      draining: drain.signal,
      resolveModelFolder,
      warn,
    });
  } finally {
    await record.close();
  }
}

try {
  await main();
} catch (error) {
  const { DATABASE_URL: databaseUrl = '' } = process.env;
  const known = databaseRefusal(error, withoutPassword(databaseUrl)) ?? fileRefusal(error) ?? error;
  process.stderr.write(escapeControls(`${known instanceof DropsweepError ? known.message : stackOf(known)}\n`));
  process.exitCode = 1;
}
// Native connections may keep the loop alive.
process.exit();

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
