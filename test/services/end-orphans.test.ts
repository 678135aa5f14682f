import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { endOrphans } from '../../src/services/processes/end-orphans.ts';
import { freePort } from '../../src/services/processes/free-port.ts';
import { temporalBinary, temporalServerVersion } from '../../src/services/temporal/temporal-binary.ts';
import { startTemporal } from '../../src/services/temporal/temporal-server.ts';

/** A process that lives as long as it may, called with these words. */
async function living(...words: readonly string[]) {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)', '--', ...words]);
  await once(child.stdout, 'data');
  return child;
}

it('ends what a supervisor had started and was killed before it wrote it down, and nothing of another folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-orphans-'));
  const binary = await temporalBinary();
  const { process: temporal } = await startTemporal({
    ...{ binary, version: await temporalServerVersion(binary), dataDirectory: folder },
    ...{ port: await freePort(), logFile: join(folder, 'temporal.log') },
  });
  const role = ['--role', 'control,train', '--slots', '1', '--data'];
  const worker = await living(...role, folder, '--supervised');
  const others = [await living(...role, `${folder}-other`, '--supervised'), await living(...role, folder)];
  try {
    const ended = await endOrphans(folder);
    expect(ended).toEqual([`worker (pid ${worker.pid})`, `temporal (pid ${temporal.pid})`]);
    expect(worker.signalCode).toBe('SIGTERM');
    for (const { exitCode, signalCode } of others) expect([exitCode, signalCode]).toEqual([null, null]);
  } finally {
    for (const each of [temporal, worker, ...others]) each.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});
