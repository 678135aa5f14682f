import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';

/**
 * config.json as the hub has it for the models that people train adapters on: members that decide nothing and spellings
 * of older releases of transformers included. The number of linears is that of all-linear.
 */
const published = z
  .record(z.string(), z.object({ linears: z.number(), config: z.record(z.string(), z.unknown()) }))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'published-configurations.json'), 'utf8')));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-configuration-'));
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors([]));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('config.json as it was published', () => {
  it.each(Object.entries(published))('of %s is read', (_, { linears, config }) => {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    expect(openEncoder(folder).encoder.linears).toHaveLength(linears);
  });
});
