import { cpus, hostname, totalmem, userInfo } from 'node:os';
import { formatCount } from '../base/format-count.ts';
import { trainerVersion } from '../sweep/trainer-version.ts';
import { productVersion } from './product-version.ts';

/** Who launched, where, with what: part of every export. */
export function launchedBy(): Readonly<Record<string, string>> {
  return {
    user: userName(),
    host: hostname(),
    dropsweep: productVersion(),
    trainer_version: trainerVersion,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    launched_from: hardware(),
  };
}

/** Of the machine that launches, which may not be the one that trains: that is told by the numerics classes. */
function hardware(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim().replace(/\s+/g, ' ') ?? '';
  const memory = `${(totalmem() / 2 ** 30).toFixed(1)} GiB`;
  return [...(model === '' ? [] : [model]), formatCount(processors.length, 'core'), memory].join(', ');
}

/** A container's user may have no entry in the password file. */
function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error) return String(process.getuid?.() ?? 'unknown');
    throw error;
  }
}
