import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { replaySearchOf } from '../../../src/store/search/read-search.ts';
import type { Store } from '../../../src/store/database/open-store.ts';
import { looseEndsQuery } from '../../support/loose-ends.ts';
import { eventually } from '../../support/sweep-machine.ts';
import type { ChaosMachine } from './chaos-machine.ts';
import { OrphanWatch } from './orphan-watch.ts';
import { patiently } from './patiently.ts';
import type { FaultReport } from './run-faults.ts';
import { differencesFromAsked } from './asked-values.ts';
import { chaosPlan, trainingsOf } from './chaos-sweep.ts';
import { wrongOfEdits } from './check-edits.ts';
import type { StartedSweep } from './sweeps-under-faults.ts';
import { differencesFromUndisturbed } from './undisturbed.ts';

/** Sentences about what is wrong once the faults are over; none: everything is accounted for. */
export async function checkFaults(
  machine: ChaosMachine,
  report: FaultReport,
  withinMs: number,
): Promise<readonly string[]> {
  const wrong = [...report.wrong];
  const orphans = new OrphanWatch(machine);
  const deadline = performance.now() + withinMs;
  for (const sweep of report.sweeps) {
    const ask = machine.store.db.selectFrom('sweeps').select('state').where('id', '=', sweep.sweepId);
    const ended = async () => {
      orphans.look();
      const { state } = await patiently(() => ask.executeTakeFirstOrThrow());
      return state === 'completed' ? state : null;
    };
    const state = await eventually(ended, Math.max(1_000, deadline - performance.now()), 250);
    if (state === null) wrong.push(`${sweep.name} did not complete`);
    else wrong.push(...(await wrongOf(machine.store, sweep)).map((what) => `${sweep.name}: ${what}`));
  }
  const open = await machine.openWorkflows(60_000);
  if (open.length > 0) wrong.push(`open workflows: ${open.join(', ')}`);
  const loose = await sql.raw<{ what: string }>(looseEndsQuery).execute(machine.store.db);
  wrong.push(...loose.rows.map(({ what }) => what), ...orphans.wrong);
  for (const process of machine.kept) wrong.push(...process.surprises);
  return wrong;
}

/** Once everything was told to stop: what still runs after half a minute. */
export async function leftProcesses(machine: ChaosMachine): Promise<readonly string[]> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const left = machine.processes();
    if (left.length === 0) return [];
    if (performance.now() > deadline)
      return left.map(({ pid, command }) => `process ${pid} is left: ${command.slice(0, 200)}`);
    await sleep(500);
  }
}

async function wrongOf(store: Store, sweep: StartedSweep): Promise<readonly string[]> {
  const wrong = await eventsOf(store, sweep);
  const replay = await replaySearchOf(store, sweep.name);
  if (sweep.search !== 'independent' && replay.decisions === 0) wrong.push('nothing was decided');
  for (const { sequence, recorded, follows } of replay.differences)
    wrong.push(`event ${sequence} is ${recorded}, and its replay says ${follows ?? 'nothing'}`);
  wrong.push(...(await wrongOfEdits(store, sweep)));
  const differences = sweep.search === 'asked' ? differencesFromAsked : differencesFromUndisturbed;
  wrong.push(...(await differences(store, sweep.sweepId)));
  return wrong;
}

/** Exactly one accepted result for each training, epochs that only rise, and decisions that were carried out. */
async function eventsOf(store: Store, sweep: StartedSweep): Promise<string[]> {
  const { sweepId } = sweep;
  // A budget that is spent ends a sweep before; points drawn from a smaller space stay beside those of the larger.
  const planned = trainingsOf(chaosPlan(sweep));
  const { rows } = await sql<{ what: string }>`
    with own as (select l.*, t.state, t.step, t.total_steps, w.halted is not null as halted from sweep_trainings l
      join trainings t on t.id = l.training_id join sweeps w on w.id = l.sweep_id where l.sweep_id = ${sweepId})
    select 'there are ' || count(*) || ' trainings of ' || ${planned}::integer as what from own
      having not bool_or(halted) and count(*) <> greatest(${planned}, (select (detail ->> 'trainings')::integer
        from sweep_events where sweep_id = ${sweepId} and kind in ('launched', 'extended') order by id desc limit 1))
    union all select 'training ' || ordinal || ' is ' || state || ' at its end' from own
      where not pruned and state not in ('succeeded', 'diverged', 'infeasible') and not (halted and state = 'cancelled')
    union all select 'training ' || ordinal || ' is still open' from own where open
    union all select 'segment ' || s.id || ' has ' || count(*) || ' accepted results' from own
      join segments s on s.training_id = own.training_id join attempts a on a.segment_id = s.id
      where a.outcome in ('trained', 'evaluated') group by s.id having count(*) <> 1
    union all select 'segment ' || s.id || ' is done, and no attempt says so' from own
      join segments s on s.training_id = own.training_id
      where s.status = 'done' and not exists (select 1 from attempts a where a.segment_id = s.id
        and a.outcome in ('trained', 'evaluated'))
    union all select 'segment ' || a.segment_id || ' was accepted under epoch ' || a.epoch || ', which is not its last' from own
      join segments s on s.training_id = own.training_id join attempts a on a.segment_id = s.id
      where a.outcome in ('trained', 'evaluated') and a.epoch <> s.lease_epoch
    union all select 'attempt ' || epoch || ' at segment ' || segment_id || ' began before attempt ' || before from (
      select a.segment_id, a.epoch, a.started_at, lag(a.epoch) over w as before, lag(a.started_at) over w as began from own
      join segments s on s.training_id = own.training_id join attempts a on a.segment_id = s.id
      window w as (partition by a.segment_id order by a.epoch)) each where started_at <= began
    union all select 'training ' || ordinal || ' has ' || name || ' from step ' || first_step || ' of an older epoch' from (
      select own.ordinal, m.name, m.first_step, m.epoch, s.end_step,
        lag(m.epoch) over (partition by m.training_id, m.name, s.id order by m.first_step) as before
      from own join metrics m on m.training_id = own.training_id
      join lateral (select id, end_step from segments s where s.training_id = own.training_id and s.kind = 'train'
        and s.end_step >= m.first_step order by s.end_step limit 1) s on true) each where epoch < before
    union all select 'training ' || ordinal || ' has ' || count(*) || ' results in its log' from search_events
      where sweep_id = ${sweepId} and kind = 'result' group by ordinal having count(*) <> 1
    union all select 'training ' || own.ordinal || ' was decided ' || count(*) || ' times at rung ' || e.rung from own
      join search_events e on e.sweep_id = ${sweepId} and e.ordinal = own.ordinal and e.kind in ('promote', 'prune')
      group by own.ordinal, e.rung having count(*) <> 1
    union all select 'training ' || own.ordinal || ' was pruned, and is not' from own
      join search_events e on e.sweep_id = ${sweepId} and e.ordinal = own.ordinal and e.kind = 'prune' where not own.pruned
    union all select 'training ' || own.ordinal || ' went on past its pruning' from own
      where pruned and step > greatest(allowed_step, 0)`.execute(store.db);
  return rows.map(({ what }) => what);
}
