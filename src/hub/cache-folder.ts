import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where fetched things lie: $XDG_CACHE_HOME/dropsweep, else ~/.cache/dropsweep. All of it may be deleted. */
export function cacheFolderOf(environment: NodeJS.ProcessEnv): string {
  const cache = environment['XDG_CACHE_HOME'];
  if (cache !== undefined && cache !== '') return join(cache, 'dropsweep');
  return join(environment['HOME'] ?? homedir(), '.cache', 'dropsweep');
}

/** Where inputs that were made of frozen rows are kept, for every sweep over them. */
export function inputsFolderOf(environment: NodeJS.ProcessEnv): string {
  return join(cacheFolderOf(environment), 'inputs');
}
