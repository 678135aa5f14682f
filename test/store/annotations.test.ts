import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFilter } from '../../src/dashboard/tables/read-filter.ts';
import { annotate } from '../../src/store/annotations.ts';
import { listSweeps } from '../../src/store/views/sweep-list.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { openRecordUnderTest, planOf, type RecordUnderTest } from './record-under-test.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
  await record.launch(planOf('s', 3));
});
afterEach(() => record.close());

const sweep = { sweep: 's', trial: null };
const trial = (number: number) => ({ sweep: 's', trial: number });

describe('tags and notes', () => {
  it('are a sweep’s, once each and in order, and are listed with it', async () => {
    await annotate(record.store, sweep, { add: ['paper', 'baseline', 'paper'], note: 'with more rows' });
    await annotate(record.store, sweep, { remove: ['baseline', 'never there'] });
    expect(await annotate(record.store, sweep, {})).toEqual({ tags: ['paper'], note: 'with more rows' });
    expect(await listSweeps(record.store)).toMatchObject([{ tags: ['paper'], note: 'with more rows', trainings: 3 }]);
    expect(await annotate(record.store, sweep, { note: null })).toEqual({ tags: ['paper'], note: null });
  });

  it('of two who write at once are both kept', async () => {
    const tags = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(tags.map((tag) => annotate(record.store, sweep, { add: [tag] })));
    expect(await annotate(record.store, sweep, {})).toMatchObject({ tags });
  });

  it('are a trial’s, are filtered by, and are not those of its sweep', async () => {
    await annotate(record.store, trial(2), { add: ['odd'], note: 'look at it' });
    await annotate(record.store, sweep, { add: ['paper'] });
    const { definition, trials } = await readSweepSnapshot(record.store, 's');
    expect(trials.filter(({ tags }) => tags !== undefined)).toMatchObject([
      { trial: 2, tags: ['odd'], note: 'look at it' },
    ]);
    const numbers = async (text: string) => {
      const filter = readFilter(text, definition);
      if ('at' in filter) throw new Error(filter.text);
      const sort = { by: 'trial', name: '', direction: 'minimize' } as const;
      const page = await readSweepSnapshot(record.store, 's', { page: { sort, offset: 0, filter } });
      return page.trials.map((row) => row.trial);
    };
    expect(await numbers('tag:odd')).toEqual([2]);
    expect(await numbers('tag!=odd')).toEqual([1, 3]);
    expect(await numbers('tag:none')).toEqual([1, 3]);
    expect(await numbers('tag:paper')).toEqual([]);
    expect(readFilter('tag>odd', definition)).toMatchObject({ text: expect.stringContaining('no order') });
  });

  it('of what is not there are refused', async () => {
    await expect(annotate(record.store, { sweep: 't', trial: null }, { add: ['x'] })).rejects.toThrow(
      'no sweep named t',
    );
    await expect(annotate(record.store, trial(4), { add: ['x'] })).rejects.toThrow('no trial 4');
  });
});
