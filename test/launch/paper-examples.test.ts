import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedBase } from '../../src/launch/base/base-here.ts';
import { prepareSweep } from '../../src/launch/prepare-sweep.ts';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { sharedFolder } from '../support/shared-folder.ts';

const data = sharedFolder('data');
const examples = resolve(import.meta.dirname, '../../examples/paper');
const files = readdirSync(examples).filter((name) => name.endsWith('.yaml'));

describe.skipIf(data === null)('the paper’s sweep files (skipped where the shared data is absent)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dropsweep-paper-'));
    cpSync(examples, folder, { recursive: true });
    for (const task of readdirSync(join(data ?? '', 'glue')))
      symlinkSync(join(data ?? '', 'glue', task), join(folder, task));
    symlinkSync(join(data ?? '', 'squad', 'xquad.en.json'), join(folder, 'xquad.en.json'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are of six tasks', () => {
    expect(files).toEqual(['cola.yaml', 'mrpc.yaml', 'rte.yaml', 'sst-2.yaml', 'sts-b.yaml', 'xquad.yaml']);
  });

  it.each(files)('%s plans LoRA and AdaLoRA with three seeds, and nothing twice', async (file) => {
    const { plan } = await prepareSweep(readSweepFile(join(folder, file)), async (reference) => namedBase(reference));
    // Of each adapter: plain, with lora_dropout, and p of two values with N of two; three seeds.
    expect(plan.trainings).toHaveLength(2 * (2 + 2 * 2) * 3);
    expect(new Set([...plan.trainings].map(({ training_hash: hash }) => hash)).size).toBe(36);
    expect(plan.inputs.train.rows).toBeGreaterThan(800);
  });
});
