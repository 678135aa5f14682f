import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChaosMachine } from './chaos-machine.ts';
import { checkFaults, leftProcesses } from './check-faults.ts';
import { runFaults } from './run-faults.ts';

/** Twenty faults of the long run (`npm run chaos -- --adaptive --faults 1000 --seed S`) over small sweeps. */
describe('faults of processes and connections over a search that adapts', () => {
  const machine = new ChaosMachine(mkdtempSync(join(tmpdir(), 'dropsweep-chaos-')));

  beforeAll(() => machine.start());
  afterAll(() => {
    machine.end();
    machine.discard();
  });

  it('leave one result of undisturbed bits for each training, and decisions that replay', {
    timeout: 400_000,
  }, async () => {
    const report = await runFaults({
      ...{ machine, seed: 11, faults: 20, trainings: 24, searches: ['asha', 'asked'] },
      ...{ withinMs: 60_000, log: () => undefined },
    });
    expect(report.faults).toBeGreaterThan(0);
    expect(await checkFaults(machine, report, 120_000)).toEqual([]);
    // What the check is to see, it sees.
    await sql`update search_events set kind = case kind when 'promote' then 'prune' else 'promote' end
        where (sweep_id, sequence) in (select sweep_id, min(sequence) from search_events
          where kind in ('promote', 'prune') group by sweep_id)`.execute(machine.store.db);
    await sql`update metrics set values = values[1:1] where (training_id, first_step) in (select training_id, first_step
        from metrics where array_length(values, 1) > 1 limit 1)`.execute(machine.store.db);
    await sql`insert into attempts (segment_id, epoch, worker_id, slot_key, task_token, numerics_class, outcome, ended_at)
        select segment_id, epoch + 100, worker_id, slot_key, task_token, numerics_class, outcome, now() from attempts
        where outcome = 'trained' limit 1`.execute(machine.store.db);
    await sql`insert into sweep_events (sweep_id, kind, detail) select id, 'extended', '{}' from sweeps`.execute(
      machine.store.db,
    );
    await sql`update evaluations set metrics = metrics || '{"loss": 7}' where id in (select e.id from evaluations e
        join trainings t on t.id = e.training_id where t.trainer_version = 'program' and e.status = 'done' limit 1)`.execute(
      machine.store.db,
    );
    const wrong = (await checkFaults(machine, report, 1_000)).join('\n');
    expect(wrong).toContain('and its replay says');
    expect(wrong).toContain('other losses than undisturbed');
    expect(wrong).toContain('has 2 accepted results');
    expect(wrong).toContain('times, and asked to');
    expect(wrong).toContain('than its programs have told');
    await machine.stop();
    expect(await leftProcesses(machine)).toEqual([]);
  });
});
