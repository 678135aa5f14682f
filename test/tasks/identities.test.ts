import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type Identities, identitiesOf, type SweepOfTask } from './identities-of.ts';

/**
 * What a database of trainer version 3 knows trainings, evaluations, datasets and sweeps by, as the version before tasks
 * were folders made it: a launch of the same file has to find them.
 */
const recorded: Readonly<Record<string, SweepOfTask & { readonly identities: Identities }>> = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'identities.json'), 'utf8'),
);

it.each(Object.keys(recorded))('%s is known by the names that it was recorded under', async (name) => {
  const sweep = recorded[name];
  if (sweep === undefined) throw new Error('a recorded sweep is there');
  expect(await identitiesOf(sweep, '3')).toEqual(sweep.identities);
});
