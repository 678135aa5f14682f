import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepSentences } from '../../src/report/sweep-sentences.ts';
import { planSweep } from '../support/whole-plan.ts';
import { commandSweep } from '../../src/store/commands.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { readDecisions, replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSearchView } from '../../src/store/search/search-view.ts';
import { readTrialSnapshot } from '../../src/store/views/trials/trial-snapshot.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import type { Segment } from '../../src/sweep/segment.ts';
import type { SweepDefinition, SweepPlan } from '../../src/sweep/sweep-definition.ts';
import { outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/*
 * A race over seeds in the record: further seeds of a configuration are there from the beginning, wait, and are begun or
 * left out by what the log says.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

function planRace(name: string, change: Partial<SweepDefinition> = {}): SweepPlan {
  const { definition, inputs } = planOf(name, 1);
  return planSweep(
    {
      ...definition,
      space: { dropout_rate: [0.1, 0.3, 0.5, 0.7], seed: [1, 2, 3, 4] },
      search: { kind: 'grid' },
      scheduler: { kind: 'racing', error: 0.05, least: 2 },
      parallelism: 1,
      ...change,
    },
    inputs,
  );
}

/** p = 0.3 and 0.5 are equal but for their seeds; the others are far behind. */
function accuracyOf({ specification }: Segment): number {
  const { dropout_rate: p, seed } = specification.configuration;
  return (p === 0.3 || p === 0.5 ? 0.8 : 0.5) + ((seed * 7 + p * 10) % 5) / 1_000;
}

async function work(sweepId: string): Promise<void> {
  for (;;) {
    const result = await record.ledger.claim(record.request(sweepId));
    if (result.kind !== 'claimed') return;
    for (const segment of result.bundle)
      await record.ledger.commit(segment.lease, outcomeOf(segment, accuracyOf(segment)));
  }
}

describe('a race over seeds', () => {
  it('trains further seeds of the best alone, says what was saved, and replays', async () => {
    const sweep = await record.launch(planRace('s'));
    await work(sweep);
    const snapshot = await readSweepSnapshot(record.store, 's');
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 12, pruned: 4, total: 16 } });
    expect(sweepSentences(snapshot).join(' ')).toContain(
      'Racing over seeds: 4 of 16 trainings were not needed, about 4 s of training; ' +
        'the best configuration is stopped in at most 5 % of races',
    );
    // The same number where a screen reads one trial of all.
    const first = await readTrialSnapshot(record.store, 's', 1);
    expect(first.trials).toHaveLength(1);
    expect(sweepSentences(first)).toEqual(sweepSentences(snapshot));
    const untrained = snapshot.trials.filter(({ state }) => state === 'pruned');
    expect(untrained.every(({ step, configuration }) => step === 0 && configuration.seed > 2)).toBe(true);
    const [told = ''] = await readDecisions(record.store, sweep, untrained[0]?.trainingId ?? '');
    expect(told).toMatch(/^not needed at event \d+: rung -1: behind trial \d+ by 0\.[23]\d* over 2 seeds/);
    // The rival by its first trial, as every screen shows it: the log has its ordinal.
    const rival = snapshot.trials.find(({ trial }) => told.includes(`behind trial ${trial} by`))?.configuration;
    expect([0.3, 0.5]).toContain(rival?.dropout_rate);
    expect(rival?.seed).toBe(1);
    const { decisions } = await readSearchView(record.store, sweep, { offset: 0, limit: 100 });
    expect(decisions.filter(({ reason }) => /training \d/.test(reason))).toEqual([]);
    expect(decisions.filter(({ reason }) => reason.includes('against trial')).length).toBeGreaterThan(0);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('asks for scores on groups of the rows, hears them with each result, and decides by both', async () => {
    const sweep = await record.launch(planRace('s'));
    const told = new Set<string>();
    for (;;) {
      const result = await record.ledger.claim(record.request(sweep));
      if (result.kind !== 'claimed') break;
      for (const segment of result.bundle) {
        const outcome = outcomeOf(segment, accuracyOf(segment));
        if (segment.kind !== 'evaluate' || outcome.kind !== 'evaluated') {
          await record.ledger.commit(segment.lease, outcome);
          continue;
        }
        for (const { groupsOf } of segment.evaluations) told.add(String(groupsOf));
        const rowGroups = Array.from({ length: 16 }, (_, group) => accuracyOf(segment) + (group - 7.5) / 1_000);
        const results = outcome.results.map((each) => ({ ...each, rowGroups }));
        await record.ledger.commit(segment.lease, { ...outcome, results });
      }
    }
    expect([...told]).toEqual(['accuracy']);
    const snapshot = await readSweepSnapshot(record.store, 's');
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 12, pruned: 4 } });
    const pruned = snapshot.trials.find(({ state }) => state === 'pruned');
    expect(await readDecisions(record.store, sweep, pruned?.trainingId ?? '')).toEqual([
      expect.stringContaining('over 2 seeds and 16 groups of rows'),
    ]);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
    const { savedSeconds } = await readSearchView(record.store, sweep, { offset: 0, limit: 1 });
    expect(savedSeconds).toBe(4);
  });

  it('begins nothing that waits, whatever is asked of the sweep', async () => {
    const sweep = await record.launch(planRace('s'));
    await commandSweep(record.store, 's', randomUUID(), { kind: 'cancel' });
    await commandSweep(record.store, 's', randomUUID(), { kind: 'resume' });
    await commandSweep(record.store, 's', randomUUID(), { kind: 'set_parallelism', parallelism: 5 });
    const { rows } = await sql<{ ready: number }>`
      select count(*)::integer as ready from segments s where s.kind = 'train' and s.status = 'ready'`.execute(
      record.store.db,
    );
    expect(rows).toEqual([{ ready: 8 }]);
    await work(sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed' });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('decides by what another sweep has trained, and trains none of it again', async () => {
    await work(await record.launch(planRace('first', { scheduler: { kind: 'none' } })));
    const sweep = await record.launch(planRace('second'));
    await work(sweep);
    const snapshot = await readSweepSnapshot(record.store, 'second');
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 16, reused: 16 } });
    expect((await replaySearchOf(record.store, 'second')).differences).toEqual([]);
  });

  it('races over more seeds and configurations when it is extended, without taking anything back', async () => {
    const sweep = await record.launch(planRace('s'));
    await work(sweep);
    const larger = planRace('s', { space: { dropout_rate: [0.7, 0.1, 0.3, 0.4, 0.5], seed: [5, 4, 3, 2, 1] } });
    const result = await createSweep(record.store, { plan: larger, datasets: [], launchedBy: {}, extend: true });
    expect(result.kind).toBe('extended');
    await work(sweep);
    const snapshot = await readSweepSnapshot(record.store, 's');
    // One more seed of the two best; p = 0.4, far behind, begins with seeds 5 and 4, of which the leader has one by then.
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 17, pruned: 8, total: 25 } });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('lets a sampler that adapts suggest the next point while seeds wait', async () => {
    const plan = planRace('s', {
      space: { dropout_rate: [0.1, 0.8], seed: [1, 2, 3, 4] },
      scales: { dropout_rate: 'linear' },
      search: { kind: 'tpe', trials: 6, seed: 1, startup: 3 },
    });
    const sweep = await record.launch(plan);
    await work(sweep);
    const { state, counts } = await readSweepSnapshot(record.store, 's');
    expect(state).toBe('completed');
    expect(counts.total).toBe(24);
    expect((counts.succeeded ?? 0) + (counts.pruned ?? 0)).toBe(24);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });
});
