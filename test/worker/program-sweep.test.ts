import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareSweep } from '../../src/launch/prepare-sweep.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { readSearchLog } from '../../src/store/search/search-log.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { eventually } from '../support/sweep-machine.ts';
import { TestMachine } from '../support/test-machine.ts';

/** Worse the further the width is from 16; one width fails by itself. */
const program = `import { appendFileSync, readFileSync } from 'node:fs';
const { configuration, seed, steps, folder } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
process.on('SIGTERM', () => { appendFileSync(folder + '/told', 'SIGTERM'); process.exit(0); });
if (configuration.width === 3) { console.error('three is too few'); process.exit(3); }
for (let step = 1; step <= steps; step += 1) {
  console.log(JSON.stringify({ step, error: Math.abs(configuration.width - 16) / step + seed / 100 }));
  // The far ones are stopped at step 3, long before they would go on.
  const ms = step > 3 && configuration.width >= 60 ? 30_000 : configuration.pause_ms;
  await new Promise((resolve) => setTimeout(resolve, ms));
}
`;

describe("a program's sweep on a machine of its own", () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-program-sweep-'));
  const machine = new TestMachine({ folder });
  const launch = async (text: string) => {
    const file = join(folder, 'sweep.yaml');
    writeFileSync(join(folder, 'train.mjs'), program);
    const isThere = { isFile: () => true, isFolder: () => true };
    const definition = parseSweepFile(text, file, isThere, taskSections, searchSections);
    const { plan } = await prepareSweep(definition, () => Promise.reject(new Error('a program has no base')));
    return machine.launch(plan);
  };

  beforeAll(() => machine.start());
  afterAll(async () => {
    await machine.stop();
    machine.discard();
  });

  it('runs to its end: failures are values, trainings are stopped at rungs, and the best is found', async () => {
    const sweepId = await launch(`name: widths
trainer:
  command: [${process.execPath}, train.mjs, '{config}']
  metrics: {error: minimize}
  steps: 6
space: {width: [16, 15, 3, 30, 60, 90], seed: [0, 1]}
training: {pause_ms: 40}
scheduler: {kind: median, rungs: [0.5], least: 3}
parallelism: 2
`);
    expect(await machine.finished(sweepId, 60_000)).toBe('completed');
    const snapshot = await readSweepSnapshot(machine.store, 'widths');
    expect(snapshot.counts).toMatchObject({ total: 12, crashed: 2 });
    expect(snapshot.counts.pruned).toBeGreaterThan(0);
    const failed = snapshot.trials.find(({ state }) => state === 'crashed');
    expect(failed?.failure?.message).toContain('three is too few');
    const best = snapshot.trials[0];
    expect(best).toMatchObject({ metrics: { error: 0 }, configuration: { width: 16, seed: 0, pause_ms: 40 } });
    expect(best?.complexity).toBeNull();
    const log = await readSearchLog(machine.store.db, sweepId);
    expect(log.filter(({ event }) => event.kind === 'prune').length).toBe(snapshot.counts.pruned);
    // Whoever was stopped at its rung was told so, and took no further step that counts.
    const pruned = snapshot.trials.filter(({ state }) => state === 'pruned');
    for (const { trainingHash, step } of pruned) {
      expect(step).toBe(3);
      expect(readdirSync(join(folder, 'programs', trainingHash))).toContain('config.json');
    }
    const far = pruned.filter(
      ({ configuration }) => Number(Object.entries(configuration).find(([name]) => name === 'width')?.[1]) >= 60,
    );
    expect(far.length).toBe(4);
    const wereTold = async () => {
      const files = far.map(({ trainingHash }) => readdirSync(join(folder, 'programs', trainingHash)));
      return files.every((names) => names.includes('told')) ? true : null;
    };
    // The last of them when nobody has asked for more of it for a while.
    expect(await eventually(wereTold, 20_000)).toBe(true);
    expect(await machine.looseEnds()).toEqual([]);
    expect(
      readFileSync(join(folder, 'train-1.log'), 'utf8') + readFileSync(join(folder, 'train-2.log'), 'utf8'),
    ).toMatch(/program [0-9a-f]{8}: three is too few/);
  }, 90_000);
});
