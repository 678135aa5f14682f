import { homedir } from 'node:os';
import path from 'node:path';

/** Database, checkpoints, logs and status of this machine: DROPSWEEP_DATA, else the user's data folder. */
export function dataDirectoryOf(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment['DROPSWEEP_DATA'];
  if (given !== undefined && given !== '') return path.resolve(given);
  const shared = environment['XDG_DATA_HOME'];
  return path.join(
    shared === undefined || shared === '' ? path.join(homedir(), '.local', 'share') : shared,
    'dropsweep',
  );
}
