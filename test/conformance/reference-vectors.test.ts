import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedFolder } from '../support/shared-folder.ts';
import { runCase } from './run-case.ts';

const golden = sharedFolder('golden') ?? '';
/** Made by models/vectors/*.py, which say what each holds: what the reference vectors leave out. */
const own = path.join(import.meta.dirname, '..', 'models', 'vectors');

describe.skipIf(golden === '').each(casesIn(golden))(
  '%s of the reference vectors (skipped without ../shared/golden)',
  (name) => holdToItsValues(path.join(golden, name)),
);

describe.each(casesIn(own))('%s of our own vectors', (name) => holdToItsValues(path.join(own, name)));

function casesIn(folder: string): string[] {
  if (folder === '') return ['none'];
  return readdirSync(folder).filter((name) =>
    ['case.json', 'expected.safetensors'].every((file) => existsSync(path.join(folder, name, file))),
  );
}

function holdToItsValues(folder: string): void {
  it.each([1, 2, 4])('are met with %i threads', async (threads) => {
    const { misses, measures } = await runCase(folder, threads);
    expect(misses).toEqual([]);
    for (const { kind, compared } of measures) expect(compared, kind).toBeGreaterThan(0);
  });
}
