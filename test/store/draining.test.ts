import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandSweep, type SweepCommand } from '../../src/store/commands.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

let record: RecordUnderTest;
beforeAll(async () => {
  record = await openRecordUnderTest();
});
afterAll(() => record.close());

const command = (name: string, wanted: SweepCommand) => commandSweep(record.store, name, randomUUID(), wanted);
const stateOf = async (name: string) => {
  const { state, desiredState, draining, counts } = await readSweepSnapshot(record.store, name);
  return { state, desiredState, draining, waiting: counts.waiting, succeeded: counts.succeeded };
};

describe('a sweep that drains', () => {
  it('ends what was begun, begins nothing else, is paused then, and goes on where it was', async () => {
    const id = await record.launch(planOf('drained', 4));
    const begun = await record.take(id);
    expect(await command('drained', { kind: 'drain' })).toMatchObject({ changed: true });
    expect(await command('drained', { kind: 'drain' })).toMatchObject({ changed: false });
    expect(await record.ledger.claim(record.request(id))).toEqual({ kind: 'wait' });
    expect(await stateOf('drained')).toMatchObject({ state: 'running', draining: true });
    await record.ledger.commit(begun.lease, outcomeOf(begun));
    const scored = await record.take(id);
    expect(scored).toMatchObject({ kind: 'evaluate', trainingId: begun.trainingId });
    await record.ledger.commit(scored.lease, outcomeOf(scored));
    expect(await record.ledger.claim(record.request(id))).toEqual({ kind: 'wait' });
    expect(await stateOf('drained')).toEqual({
      state: 'paused',
      desiredState: 'paused',
      draining: false,
      waiting: 3,
      succeeded: 1,
    });
    await command('drained', { kind: 'resume' });
    await record.finishAll(id);
    expect(await stateOf('drained')).toMatchObject({ state: 'completed', succeeded: 4 });
  });

  it('is paused at once where nothing was begun, and runs again when it is resumed while it drains', async () => {
    const idle = await record.launch(planOf('idle', 2));
    await command('idle', { kind: 'drain' });
    expect(await stateOf('idle')).toMatchObject({ state: 'paused', draining: false });
    await command('idle', { kind: 'resume' });
    await record.take(idle);
    await command('idle', { kind: 'drain' });
    expect(await command('idle', { kind: 'resume' })).toMatchObject({ changed: true });
    await record.take(idle);
  });
});

describe('single trials', () => {
  it('are cancelled without the others, and tried again', async () => {
    const id = await record.launch(planOf('some', 4));
    expect(await command('some', { kind: 'cancel_trials', trials: [2, 3] })).toMatchObject({ changed: true });
    expect(await command('some', { kind: 'cancel_trials', trials: [2] })).toMatchObject({ changed: false });
    expect(await record.finishAll(id)).toBe(4);
    const { state, trials } = await readSweepSnapshot(record.store, 'some');
    expect(state).toBe('completed');
    expect(trials.filter((trial) => trial.state === 'cancelled').map(({ trial }) => trial)).toEqual([2, 3]);
    expect(await command('some', { kind: 'retry_failed', trials: [3] })).toMatchObject({ changed: true });
    expect(await record.finishAll(id)).toBe(2);
    expect(await stateOf('some')).toMatchObject({ state: 'completed', succeeded: 3 });
  });

  it('of a search that waits for them are not', async () => {
    const scheduler = { kind: 'asha', rungs: [0.5, 1], keep: 0.5 };
    await record.launch(planOf('waited', 2, { scheduler, rungSteps: [2, 4] }));
    await expect(command('waited', { kind: 'cancel_trials', trials: [1] })).rejects.toThrow(/COMMAND_REFUSED/);
    expect(await stateOf('waited')).toMatchObject({ waiting: 2 });
  });
});
