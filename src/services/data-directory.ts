import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Database, checkpoints, logs and status: $DROPSWEEP_DATA, else $XDG_DATA_HOME/dropsweep, else ~/.local/share/dropsweep. */
export function dataDirectoryOf(environment: NodeJS.ProcessEnv): string {
  const own = environment['DROPSWEEP_DATA'];
  if (own !== undefined && own !== '') return resolve(own);
  const shared = environment['XDG_DATA_HOME'];
  if (shared !== undefined && shared !== '') return join(shared, 'dropsweep');
  return join(environment['HOME'] ?? homedir(), '.local', 'share', 'dropsweep');
}
