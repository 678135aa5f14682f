import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepSweepFile, readSweepFileText } from '../../src/store/views/sweep-files.ts';
import { openRecordUnderTest, planOf, type RecordUnderTest } from './record-under-test.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
});
afterEach(async () => {
  await record.close();
});

describe('what a report reads beside trials', () => {
  it('has the sweep file to the letter: the first stays when it is launched again, an extension brings its own', async () => {
    const sweep = await record.launch(planOf('s', 1));
    expect(await readSweepFileText(record.store, sweep)).toBeNull();
    await keepSweepFile(record.store, sweep, 'name: s # mine\n', 'created');
    await keepSweepFile(record.store, sweep, 'name: s\n', 'attached');
    expect(await readSweepFileText(record.store, sweep)).toBe('name: s # mine\n');
    await keepSweepFile(record.store, sweep, 'name: s # and more\n', 'extended');
    expect(await readSweepFileText(record.store, sweep)).toBe('name: s # and more\n');
  });
});
