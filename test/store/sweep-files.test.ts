import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTrainingExtremes } from '../../src/store/training-extremes.ts';
import { keepSweepFile, readSweepFileText } from '../../src/store/sweep-files.ts';
import { readSweepSnapshot } from '../../src/store/sweep-reader.ts';
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

  it('has the largest loss and gradient of each training, infinite ones left out', async () => {
    const sweep = await record.launch(planOf('s', 2));
    const [first, second] = (await readSweepSnapshot(record.store, 's')).trials;
    const chunk = (trainingId: string, name: string, firstStep: number, values: number[]) =>
      record.store.db
        .insertInto('metrics')
        .values({ training_id: trainingId, name, first_step: firstStep, values, epoch: 1 })
        .execute();
    const id = first?.trainingId ?? '';
    await chunk(id, 'data_loss', 1, [0.7, 2.5]);
    await chunk(id, 'data_loss', 3, [0.4, Number.POSITIVE_INFINITY]);
    await chunk(id, 'gradient_norm', 1, [1, 4, 3, 2]);
    await chunk(second?.trainingId ?? '', 'data_loss', 1, [0.1]);
    expect(await readTrainingExtremes(record.store, sweep)).toEqual(new Map([[id, { loss: 2.5, gradientNorm: 4 }]]));
  });
});
