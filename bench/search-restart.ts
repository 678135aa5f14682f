import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { planSweep } from '../src/search/planning/plan-sweep.ts';
import { isDecision, type LoggedEvent, type SearchEvent } from '../src/search/fold/search-event.ts';
import { SearchState } from '../src/search/fold/search-state.ts';
import { advanceSearch } from '../src/store/search/advance-search.ts';
import { createSweep } from '../src/store/plans/create-sweep.ts';
import { openStore, type Store, transact } from '../src/store/database/open-store.ts';
import { openSearch } from '../src/store/search/search-log.ts';
import type { SweepDefinition } from '../src/sweep/sweep-definition.ts';
import { simulatedPlan } from '../test/support/simulated-plan.ts';
import { openThrowawayRecord } from './throwaway-record.ts';

/**
 * How long a process that has just begun takes to its first decision, by a log of so many events: folded from its
 * beginning, and from a snapshot that the last tenth of it is not in. `npm run bench:restart -- --events 10000 --search
 * asha`. Prints milliseconds and CPU time of the process from the open of the search to its next decision, the size of
 * the snapshot, and what taking it costs.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000' },
    search: { type: 'string', default: 'asha' },
    restarted: { type: 'string' },
    url: { type: 'string', default: '' },
  },
});

const searches: Readonly<Record<string, Partial<SweepDefinition>>> = {
  asha: { search: { kind: 'random', trials: 4, seed: 0 }, scheduler: { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 } },
  // Drawn at random: what a suggestion itself costs is no part of a restart.
  tpe: { search: { kind: 'tpe', trials: 4, seed: 0, startup: 1_000_000 } },
};

function planned() {
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 8 };
  const { definition, inputs } = simulatedPlan({ name: 's', trainings: 1, parallelism: 8, simulation });
  const space = { dropout_rate: [0, 0.8], learning_rate: [1e-5, 1e-2] };
  const scales = { dropout_rate: 'linear', learning_rate: 'log' } as const;
  return { definition: { ...definition, space, scales, ...searches[values.search] }, inputs };
}

/** A log as results in a random order make it. */
function logOf(most: number): readonly LoggedEvent[] {
  const { definition, inputs } = planned();
  const state = new SearchState([{ definition, inputs }]);
  const log: LoggedEvent[] = [];
  const ready: { readonly ordinal: number; readonly rung: number }[] = [];
  const adapts = values.search === 'tpe';
  const rungs = adapts ? 1 : 3;
  let seed = 1;
  const record = (event: SearchEvent): void => {
    log.push({ sequence: log.length, event, decidedAt: null });
    state.apply(event);
    if (!isDecision(event)) for (let next = state.next(); next !== null; next = state.next()) record(next);
    else if (event.kind === 'promote') ready.push({ ordinal: event.ordinal, rung: event.rung + 1 });
    else if (event.kind === 'suggest')
      for (const { ordinal } of state.trainingsOf(event)) ready.push({ ordinal, rung: 0 });
  };
  record({ kind: 'capacity', ordinal: 0, rung: 0, value: 8 });
  record({ kind: 'planned', ordinal: 0, rung: 0, value: most });
  for (let next = 0; log.length < most; ) {
    if (!adapts && ready.length < 8) ready.push({ ordinal: next++, rung: 0 });
    seed = (seed * 48_271) % 2_147_483_647;
    const [turn] = ready.splice(seed % ready.length, 1);
    if (turn === undefined) break;
    const kind = turn.rung === rungs - 1 ? 'result' : 'report';
    record({ kind, ...turn, value: seed / 2_147_483_647 });
  }
  return log;
}

async function insertLog(store: Store, sweepId: string, log: readonly LoggedEvent[]): Promise<void> {
  for (let from = 0; from < log.length; from += 5_000) {
    const rows = log.slice(from, from + 5_000).map(({ sequence, event }) => ({ sequence, ...event }));
    await sql`
      insert into search_events (sweep_id, sequence, kind, ordinal, rung, value, reason, point, decided_at)
      select ${sweepId}, sequence, kind, ordinal, rung, value, reason, point, 0
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e (sequence integer, kind text, ordinal integer,
        rung integer, value double precision, reason text, point jsonb)`.execute(store.db);
  }
}

/** In a process of its own: nothing is remembered there. */
function restarted(url: string, sweepId: string): string {
  const own = fileURLToPath(import.meta.url);
  const args = [own, '--restarted', sweepId, '--url', url];
  return spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).stdout.trim();
}

async function timed(run: () => Promise<void>): Promise<string> {
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(cpu);
  return `${(performance.now() - startedMs).toFixed(0)} ms, ${((user + system) / 1_000).toFixed(0)} ms of CPU`;
}

if (values.restarted === undefined) {
  const settings = { fsync: 'off', synchronous_commit: 'off' };
  const record = await openThrowawayRecord('restart', 2, settings);
  const { store } = record;
  try {
    const { definition, inputs } = planned();
    const request = { plan: planSweep(definition, inputs), datasets: [], launchedBy: {} };
    const { sweepId } = await createSweep(store, request);
    const log = logOf(Number(values.events));
    await sql`delete from search_events`.execute(store.db);
    // Cut before a fact: nothing is to be decided there.
    const near = Math.floor(log.length * 0.9);
    const most = near + log.slice(near).findIndex(({ event }) => !isDecision(event));
    await insertLog(store, sweepId, log);
    for (let run = 0; run < 3; run += 1)
      console.log(`whole log of ${log.length}: ${restarted(record.databaseUrl, sweepId)}`);
    await sql`delete from search_events where sequence >= ${most}`.execute(store.db);
    const fact = { kind: 'capacity' as const, ordinal: 0, rung: 0, value: 8 };
    const taking = await timed(() => transact(store, (tx) => advanceSearch(tx, sweepId, () => [fact])));
    const { rows } = await sql<{ bytes: number; sequence: number }>`
      select octet_length(memory) as bytes, sequence from search_snapshots`.execute(store.db);
    console.log(`folded, snapshot taken: ${taking}, ${JSON.stringify(rows)}`);
    await insertLog(store, sweepId, log.slice(most + 1));
    for (let run = 0; run < 3; run += 1) console.log(`from the snapshot: ${restarted(record.databaseUrl, sweepId)}`);
  } finally {
    await record.close();
  }
} else {
  const store = openStore(values.url, { poolSize: 1 });
  const sweepId = values.restarted;
  await transact(store, async (tx) => void (await sql`select 1`.execute(tx)));
  console.log(await timed(() => transact(store, async (tx) => void (await openSearch(tx, sweepId)).state.next())));
  await store.close();
}
