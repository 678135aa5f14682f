import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import { startTestDatabase } from '../support/postgres.ts';
import { runInProcess } from './run-in-process.ts';

/*
 * Searches that cannot be: each is refused on the command line with its code, its place, what was expected there, and
 * leaves nothing in the record.
 */

let store: Store;
let folder: string;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await startTestDatabase();
  drop = () => database.drop();
  store = openStore(database.databaseUrl);
  await migrate(store);
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-bad-'));
  vi.stubEnv('DATABASE_URL', database.databaseUrl);
  vi.stubEnv('DROPSWEEP_DATA', folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await store.close();
  await drop();
  rmSync(folder, { recursive: true });
});

async function recorded(): Promise<unknown> {
  const { rows } =
    await sql`select (select count(*) from sweeps) as sweeps, (select count(*) from trainings) as trainings,
    (select count(*) from search_events) as events`.execute(store.db);
  return rows[0];
}

const head = 'name: bad\ntrainer: {ask: bad, metrics: {loss: minimize}, steps: 10}\n';

/** What the file says, the place of the mistake, and what to do instead. */
const files: readonly (readonly [string, string, RegExp, RegExp])[] = [
  [
    'a log range from 0',
    'space: {x: {min: 0, max: 1, scale: log}}\nsearch: {kind: random, trials: 3}',
    /3:\d+ space\.x/,
    /needs a min above 0; zero_or: \{min, max, scale: log\}/,
  ],
  [
    'a min above the max',
    'space: {x: {min: 2, max: 1}}\nsearch: {kind: random, trials: 3}',
    /3:\d+ space\.x/,
    /min.*max|max.*min/,
  ],
  [
    'a condition on an unknown axis',
    'space: {x: {choice: [1, 2], when: {z: 1}}, y: [1, 2]}',
    /3:\d+ space\.x\.when\.z/,
    /is no list of the space.*y/,
  ],
  [
    'a circle of conditions',
    'space: {x: {choice: [1, 2], when: {y: 1}}, y: {choice: [1, 2], when: {x: 1}}}',
    /3:\d+ space\.x\.when/,
    /is a circle: x for y for x/,
  ],
  ['a space without points', 'space: {x: [1, 2]}\nconstraints: [x > 5]', /where: constraints/, /at least one point/],
  [
    'a budget that is spent at once',
    'space: {x: [1, 2]}\nbudget: {trainings: 0}',
    /4:\d+ budget\.trainings/,
    /at least 1/,
  ],
  ['an objective that there is not', 'space: {x: [1, 2]}\nobjectives: [accuracy]', /4:\d+ objectives/, /loss/],
  [
    'an enqueued point outside the space',
    'space: {x: [1, 2]}\nsearch: {kind: random, trials: 2, enqueue: [{x: 7}]}',
    /4:\d+ search\.enqueue\[0\]\.x/,
    /one of the axis's values in the space: 1, 2/,
  ],
  [
    'an enqueued point between steps',
    'space: {x: {min: 0, max: 1, step: 0.5}}\nsearch: {kind: random, trials: 2, enqueue: [{x: 0.7}]}',
    /4:\d+ search\.enqueue\[0\]\.x/,
    /in steps of 0.5, of which 0.5 is the nearest/,
  ],
  ...['random', 'tpe'].map(
    (kind) =>
      [
        `an enqueued point that ${kind} would leave out by a constraint`,
        `space: {x: [1, 2], y: [1, 2]}\nconstraints: [x < y]\nsearch: {kind: ${kind}, trials: 2, enqueue: [{x: 1, y: 2}, {x: 2, y: 1}]}`,
        /where: search\.enqueue\[1\]/,
        /got: it breaks x < y[^]*to do: change it, or leave it out/,
      ] as const,
  ),
  [
    'a range of seeds',
    'space: {x: [1, 2], seed: {min: 0, max: 9}}\nsearch: {kind: tpe, trials: 3}',
    /3:\d+ space\.seed/,
    /a list of seeds, \[0, 1, 2\]/,
  ],
  [
    'a constraint over seeds that every point is trained with',
    'space: {x: [1, 2], seed: [1, 2]}\nconstraints: [seed < x]\nsearch: {kind: tpe, trials: 3}',
    /where: constraints/,
    /leave seed out of it, or use search: grid/,
  ],
  [
    'a sweep to learn from where points follow from nothing',
    'space: {x: [1, 2]}\nsearch: {kind: random, trials: 3, learn_from: [former]}',
    /4:\d+ search\.learn_from/,
    /is for searches whose points follow from results/,
  ],
];

describe('a sweep file with', () => {
  it.each(files)(
    '%s is refused at its place with a way out, and nothing is recorded',
    async (_, text, place, wayOut) => {
      const before = await recorded();
      const file = join(folder, 'sweep.yaml');
      writeFileSync(file, head + text);
      for (const words of [
        ['launch', file],
        ['launch', '--dry-run', file],
      ]) {
        const { status, stderr } = await runInProcess(words);
        expect(status).not.toBe(0);
        expect(stderr).toContain('SWEEP_FILE_INVALID');
        expect(stderr).toMatch(place);
        expect(stderr).toMatch(wayOut);
      }
      expect(await recorded()).toEqual(before);
    },
  );
});

describe('tell', () => {
  it.each([
    ['without a lease that was given out', ['3f0c', 'loss=1'], 'LEASE_UNKNOWN', /got: 3f0c/],
    ['with a value that is none', ['3f0c', 'loss=low'], 'REPORT_INVALID', /finite number/],
    ['with a word that is no value', ['3f0c', 'loss'], 'REPORT_INVALID', /METRIC=VALUE/],
    ['with values besides that it goes on', ['3f0c', 'loss=1', '--alive'], 'USAGE', /one of .*--give-back, --alive/],
    ['of a lease that was not given out, that it goes on', ['3f0c', '--alive'], 'LEASE_UNKNOWN', /got: 3f0c/],
    [
      'with two ends',
      ['3f0c', 'loss=1', '--give-back'],
      'USAGE',
      /one of --failed, --diverged, --infeasible, --give-back/,
    ],
    ['with none', ['3f0c'], 'USAGE', /METRIC=VALUE/],
  ])('%s is refused, and nothing is recorded', async (_, words, code, wayOut) => {
    const before = await recorded();
    const { status, stderr } = await runInProcess(['tell', ...words]);
    expect(status).not.toBe(0);
    expect(stderr).toContain(code);
    expect(stderr).toMatch(wayOut);
    expect(await recorded()).toEqual(before);
  });
});
