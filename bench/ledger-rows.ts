import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createSweep } from '../src/store/plans/create-sweep.ts';
import { PostgresWorkerLedger } from '../src/store/segments/postgres-worker-ledger.ts';
import type { Segment } from '../src/sweep/segment.ts';
import { emptyOutcome } from './empty-outcome.ts';
import { benchClaim, openThrowawayRecord } from './throwaway-record.ts';
import { descendants } from './process-figures.ts';
import { profileSettings, readProfile, tellProfile } from './statement-profile.ts';
import { throughputPlan } from './throughput-plans.ts';

/**
 * The throughput bench's searches through the record alone: slots that claim rows of segments, whose trainings take no
 * time, and commit each row in one go. `node dist/bench/ledger-rows.js --trainings 2000 --slots 8 --search asha`.
 * Prints, by tenths of the trainings where looks were taken, CPU for each training, here and in PostgreSQL, and what
 * PostgreSQL did, statement by statement. CPU, not time: it means the same on a busy machine.
 */
const { values } = parseArgs({
  options: {
    trainings: { type: 'string', default: '2000' },
    slots: { type: 'string', default: '8' },
    search: { type: 'string', default: 'asha' },
    row: { type: 'string', default: '32' },
  },
});
const trainings = Number(values.trainings);
const slots = Number(values.slots);
const record = await openThrowawayRecord('ledger-rows', slots + 1, { ...profileSettings, fsync: 'off' });
const { store } = record;
const ledger = new PostgresWorkerLedger(store);

try {
  const plan = throughputPlan(values.search, trainings, slots);
  const { sweepId } = await createSweep(store, { plan, datasets: [], launchedBy: {} });
  const working = Promise.all(Array.from({ length: slots }, (_, index) => work(sweepId, `slot ${index}`)));
  const looks = [await look(sweepId)];
  const isOver = () => Promise.race([working.then(() => true), sleep(1_000, false)]);
  while (!(await isOver())) {
    const finished = await finishedTrainings(sweepId);
    if (finished - (looks.at(-1)?.finished ?? 0) >= trainings / 10) looks.push(await look(sweepId));
  }
  looks.push(await look(sweepId));
  for (const [at, to] of looks.entries()) {
    const from = looks[at - 1];
    if (from !== undefined) tell(from, to, at === 1 || at === looks.length - 2);
  }
} finally {
  await record.close();
}

async function work(sweepId: string, slotKey: string): Promise<void> {
  for (let ordinal = 0; ; ordinal += 1) {
    const result = await ledger.claim({
      ...benchClaim(sweepId, slotKey, ordinal),
      maxSegments: 1,
      maxInARow: Number(values.row),
    });
    if (result.kind === 'exhausted') return;
    if (result.kind === 'wait') await sleep(20);
    if (result.kind !== 'claimed') continue;
    await ledger.commitAll(
      result.bundle.map((segment) => ({ lease: segment.lease, outcome: emptyOutcome(segment, scoreOf(segment)) })),
    );
  }
}

/** Of its own to each training, and the same at each of its rungs. */
function scoreOf({ trainingHash }: Segment): number {
  return Number.parseInt(trainingHash.slice(0, 12), 16) / 2 ** 48;
}

async function finishedTrainings(sweepId: string): Promise<number> {
  const { count } = await store.db
    .selectFrom('sweep_trainings')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('sweep_id', '=', sweepId)
    .where('open', '=', false)
    .executeTakeFirstOrThrow();
  return count;
}

async function look(sweepId: string) {
  const { user, system } = process.cpuUsage();
  const postgres = descendants().filter(({ role }) => role === 'postgres');
  return {
    finished: await finishedTrainings(sweepId),
    ownMs: (user + system) / 1_000,
    postgresMs: 1_000 * postgres.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    profile: await readProfile(record.databaseUrl),
  };
}

function tell(from: Awaited<ReturnType<typeof look>>, to: typeof from, whole: boolean): void {
  const count = to.finished - from.finished;
  const each = (name: 'ownMs' | 'postgresMs') => ((to[name] - from[name]) / count).toFixed(2);
  const told = tellProfile(`${from.finished} to ${to.finished}`, from.profile, to.profile, count);
  console.log(
    `CPU ${each('ownMs')} ms here, ${each('postgresMs')} ms in PostgreSQL; ${whole ? told : told.split('\n')[0]}`,
  );
}
