import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileRefusal } from '../../base/file-refusal.ts';
import { cacheFolderOf } from '../../hub/cache-folder.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/** Whether this user may write where data and cached things lie, or will lie. */
export function checkRights(dataDirectory: string, environment: NodeJS.ProcessEnv): readonly DoctorFinding[] {
  return [
    rightsTo('data directory', dataDirectory, 'DROPSWEEP_DATA'),
    rightsTo('cache folder', cacheFolderOf(environment), 'XDG_CACHE_HOME'),
  ];
}

function rightsTo(name: string, folder: string, variable: string): DoctorFinding {
  let place = folder;
  while (!existsSync(place) && path.dirname(place) !== place) place = path.dirname(place);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    readdirSync(place);
    return { name, status: 'ok', detail: folder };
  } catch (error) {
    const refusal = fileRefusal(error);
    if (refusal === null) throw error;
    const fix = `give this user the rights to ${place}, or set ${variable} to a folder of its own`;
    return { name, status: 'fail', detail: `${folder}: this user may not write in ${place}`, fix };
  }
}
