import { basename, dirname, relative, resolve } from 'node:path';
import { starterFile } from '../../../launch/starter-file.ts';
import type { LookedTable, NamedTask } from '../../../tasks/look-at-table.ts';
import type { DataFlags } from './init-flags.ts';

interface StarterRequest {
  readonly data: string;
  readonly dev?: string;
  readonly named: NamedTask;
  readonly base: string;
  /** Absent: that of the data. */
  readonly name?: string;
  /** Where it will stand: files are named from there. */
  readonly out: string;
  readonly hours: number | null;
}

/** A sweep file for data that was looked at. */
export function starterOf(table: LookedTable, request: StarterRequest): string {
  const { data, dev, named, base, out, hours } = request;
  const place = (file: string) => {
    const path = relative(dirname(resolve(out)), resolve(file));
    return path.startsWith('.') ? path : `./${path}`;
  };
  const name = request.name ?? nameOf(data);
  return starterFile({
    ...{ name, base, guessed: table.guess(named), hours },
    train: place(data),
    dev: dev === undefined ? null : place(dev),
  });
}

/** What flags say of the task. */
export function namedTaskOf({ text, label, task }: DataFlags): NamedTask {
  return {
    ...(text === undefined ? {} : { text }),
    ...(label === undefined ? {} : { label }),
    ...(task === undefined ? {} : { kind: task }),
  };
}

/** A sweep is named after its data: the file, or its folder where the file is called as any other. */
function nameOf(data: string): string {
  const file = basename(data).split('.')[0] ?? '';
  const stem = /^(train|data)/i.test(file) ? basename(dirname(resolve(data))) : file;
  const name = stem
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return name === '' ? 'my-sweep' : name;
}
