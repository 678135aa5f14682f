import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { trainerVersion } from '../../src/sweep/trainer-version.ts';
import { identitiesOf } from './identities/identities-of.ts';

/**
 * A training that was finished by an earlier version is found again by its hash, a sweep attaches by its own, and a
 * packing plan is read by its engine shape. Each file of `identities` was written by `identitiesOf` with the sources of
 * the last commit of its trainer version's records, that of 3 before the records of training fields (49f41b0); none is
 * ever written again, a new trainer version gets a file of its own.
 */
const folder = path.join(import.meta.dirname, 'identities');
const recorded = z.array(
  z.object({
    title: z.string(),
    file: z.string(),
    sweep: z.string(),
    trainings: z.string(),
    evaluations: z.string(),
    engine_shapes: z.string(),
    bundle_keys: z.string(),
  }),
);

for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  const version = path.basename(name, '.json').replace('trainer-version-', '');
  const cases = recorded.parse(JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
  describe(`the identities of ${path.basename(name, '.json')}, as the version before gave them`, () => {
    it('are there to be compared', () => {
      expect(cases.length).toBeGreaterThan(0);
    });
    it.each(cases)('hold for $title', ({ title, file, ...hashes }) => {
      expect(identitiesOf(file, version), title).toEqual(hashes);
    });
  });
}

it('the present trainer version has a file of its own', () => {
  expect(readdirSync(folder)).toContain(`trainer-version-${trainerVersion}.json`);
});
