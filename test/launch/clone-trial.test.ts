import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClone, cloneFragment } from '../../src/launch/clone-trial.ts';
import { planSweep } from '../../src/search/planning/plan-sweep.ts';
import { commandSweep } from '../../src/store/commands.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { openRecordUnderTest, planOf, type RecordUnderTest } from '../store/record-under-test.ts';
import { withoutTemporal } from '../support/without-temporal.ts';

/*
 * Somebody looks at a trial and wants it once more with other settings: its fragment is edited, and the sweep, whatever it
 * is doing, gets that point and nothing else.
 */
describe('a clone of a trial', () => {
  let record: RecordUnderTest;
  beforeAll(async () => {
    record = await openRecordUnderTest();
  });
  afterAll(() => record.close());

  const open = () => ({ store: record.store, machine: withoutTemporal('') });

  async function launch(name: string, change: Partial<SweepDefinition> = {}): Promise<string> {
    const { definition, inputs } = planOf(name, 1);
    const space = { dropout_rate: [0.25, 0.5], seed: [1, 2] };
    return record.launch(planSweep({ ...definition, space, ...change }, inputs));
  }

  const edited = (fragment: string, line: RegExp, other: string): string => {
    expect(fragment).toMatch(line);
    return fragment.replace(line, other);
  };

  it('is added with every seed, beside what has been trained, which stays as it was', async () => {
    const id = await launch('cloned');
    expect(await record.finishAll(id)).toBe(8);
    const before = await readSweepSnapshot(record.store, 'cloned');
    const fragment = await cloneFragment(record.store, 'cloned', 3);
    expect(fragment).toMatch(/^# trial 3 of cloned\n/);
    expect(fragment).toContain('# It is trained with each seed of the sweep: 1, 2.');
    expect(fragment).toMatch(/^dropout_rate: 0.5$/m);
    const other = edited(edited(fragment, /^dropout_rate: .*$/m, 'dropout_rate: 0.3'), /^rank: .*$/m, 'rank: 16');
    expect(await addClone(open(), 'cloned', other)).toBe('trials 5–6 added: p=0.3 rank=16');
    const after = await readSweepSnapshot(record.store, 'cloned');
    expect(after).toMatchObject({ state: 'running', trialCount: 6 });
    const byNumber = (trials: typeof after.trials) => trials.toSorted((a, b) => a.trial - b.trial);
    expect(byNumber(after.trials).slice(0, 4)).toEqual(byNumber(before.trials));
    expect(byNumber(after.trials)[5]?.configuration).toMatchObject({ dropout_rate: 0.3, rank: 16, seed: 2 });
    expect(await record.finishAll(id)).toBe(4);
    expect(await readSweepSnapshot(record.store, 'cloned')).toMatchObject({ state: 'completed' });
    // The same again is there already; a clone of the clone keeps what no axis has.
    await expect(addClone(open(), 'cloned', other)).rejects.toThrow(/settings that trials 5–6 has already/);
    const again = edited(
      await cloneFragment(record.store, 'cloned', 5),
      /^p(?:|.*): .*$|^dropout_rate: .*$/m,
      'p: 0.4',
    );
    expect(await addClone(open(), 'cloned', again)).toBe('trials 7–8 added: p=0.4 rank=16');
  });

  it('of a random search, outside of its space, may be followed by another', async () => {
    const search = { kind: 'random', trials: 3, seed: 1 };
    const space = { dropout_rate: [0, 0.9], seed: [1] };
    await launch('drawn', { search, space, scales: { dropout_rate: 'linear' } });
    const fragment = await cloneFragment(record.store, 'drawn', 1);
    for (const rank of [99, 98]) {
      const other = edited(fragment, /^rank: .*$/m, `rank: ${rank}`);
      expect(await addClone(open(), 'drawn', other)).toMatch(new RegExp(`added: .*rank=${rank}`));
    }
  });

  it('has the axes that are there for it, and is told which have to be for another', async () => {
    const search = { kind: 'tpe', trials: 4, seed: 1, startup: 2 };
    const space = { train_instances: [1, 2], rank: [8, 9] };
    await launch('conditional', { search, space, axes: { rank: { when: { train_instances: [2] } } } });
    const { trials } = await readSweepSnapshot(record.store, 'conditional');
    const single = trials.find(({ configuration }) => configuration.train_instances === 1);
    const fragment = await cloneFragment(record.store, 'conditional', single?.trial ?? 0);
    expect(fragment).not.toMatch(/^rank: /m);
    await expect(
      addClone(open(), 'conditional', edited(fragment, /^train_instances: .*$/m, 'train_instances: 2')),
    ).rejects.toThrow(/rank: is missing; expected a value, since it is there when \{train_instances: 2\}/);
  });

  it('leaves a paused sweep paused', async () => {
    await launch('resting', { space: { dropout_rate: [0.35, 0.45], seed: [1, 2] } });
    await commandSweep(record.store, 'resting', randomUUID(), { kind: 'pause' });
    const fragment = await cloneFragment(record.store, 'resting', 1);
    await addClone(open(), 'resting', edited(fragment, /^dropout_rate: .*$/m, 'dropout_rate: 0.125'));
    expect(await readSweepSnapshot(record.store, 'resting')).toMatchObject({
      state: 'paused',
      desiredState: 'paused',
      trialCount: 6,
    });
  });

  it('of a search that adapts is tried next, within its space alone', async () => {
    const search = { kind: 'tpe', trials: 6, seed: 1, startup: 2 };
    const space = { dropout_rate: [0, 0.9], seed: [1] };
    const id = await launch('adapting', { search, space, scales: { dropout_rate: 'linear' }, parallelism: 1 });
    await record.take(id);
    const fragment = await cloneFragment(record.store, 'adapting', 1);
    await expect(addClone(open(), 'adapting', edited(fragment, /^rank: .*$/m, 'rank: 99'))).rejects.toThrow(
      /rank: is no axis of the space, which this search learns from/,
    );
    await expect(
      addClone(open(), 'adapting', edited(fragment, /^dropout_rate: .*$/m, 'dropout_rate: 0.95')),
    ).rejects.toThrow(/dropout_rate: got 0.95, expected a number of the axis's range, 0 to 0.9/);
    await addClone(open(), 'adapting', edited(fragment, /^dropout_rate: .*$/m, 'dropout_rate: 0.625'));
    await record.finishAll(id);
    const { trials } = await readSweepSnapshot(record.store, 'adapting');
    expect(trials.map(({ configuration }) => configuration.dropout_rate)).toContain(0.625);
  });

  it.each([
    ['dropout_rate: 2', /the edited trial:\d+:15 dropout_rate: got 2, expected/],
    ['dropout_rate: 0.1\ndropout: 0.2', /the edited trial:\d+:1 dropout: unknown key/],
    ['', /dropout_rate: is missing; expected a value for each axis of the space/],
    ['dropout_rate: [', /not YAML/],
  ])('that cannot be read is refused with the place: %s', async (line, problem) => {
    const name = `bad-${line.length}`;
    await launch(name);
    const fragment = await cloneFragment(record.store, name, 1);
    await expect(addClone(open(), name, edited(fragment, /^dropout_rate: .*$/m, line))).rejects.toThrow(problem);
    expect(await readSweepSnapshot(record.store, name)).toMatchObject({ trialCount: 4 });
  });
});
