import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { createSweep } from '../src/store/plans/create-sweep.ts';
import { PostgresWorkerLedger } from '../src/store/segments/postgres-worker-ledger.ts';
import type { Segment } from '../src/sweep/segment.ts';
import { simulatedPlan } from '../test/support/simulated-plan.ts';
import { emptyOutcome } from './empty-outcome.ts';
import { benchClaim, openThrowawayRecord } from './throwaway-record.ts';

/**
 * Empty trainings through the ledger alone, by claimers at once: what the record lets through, and whether it slows
 * down as trainings finish. `node dist/bench/ledger.js --trainings 2000 --claimers 4 --bundle 20 [--halving] [--fsync]`.
 * Prints trainings per second by quarter (a training is finished with its last segment), the mean time of a claim and
 * of a commit in each quarter, and the plan of the walk over trainings that can be claimed, after a quarter and near the end.
 */
const { values } = parseArgs({
  options: {
    trainings: { type: 'string', default: '2000' },
    claimers: { type: 'string', default: '4' },
    bundle: { type: 'string', default: '20' },
    halving: { type: 'boolean', default: false },
    fsync: { type: 'boolean', default: false },
  },
});
const trainings = Number(values.trainings);
const claimers = Number(values.claimers);
const maxSegments = Number(values.bundle);
const record = await openThrowawayRecord(
  'ledger',
  claimers + 1,
  values.fsync ? {} : { fsync: 'off', synchronous_commit: 'off' },
);
const { store } = record;
const ledger = new PostgresWorkerLedger(store);

interface Call {
  readonly kind: 'claim' | 'commit';
  /** Trainings that had ended when the call was made. */
  readonly finishedBefore: number;
  readonly ms: number;
}
const calls: Call[] = [];
const finishedAtMs: number[] = [];
const startedMs = performance.now();

try {
  const plan = simulatedPlan({
    name: 'ledger',
    trainings,
    parallelism: claimers,
    simulation: { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 2 },
    ...(values.halving
      ? { scheduler: { kind: 'halving' as const, rungs: [0.5, 1], keep: 0.5 }, rungSteps: [1, 2] }
      : {}),
  });
  const { sweepId } = await createSweep(store, { plan, datasets: [], launchedBy: {} });
  console.log(`${trainings} trainings inserted in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
  const workStartedMs = performance.now();
  const planned = [0.25, 0.95].map((share) => explainAfter(sweepId, share * trainings));
  await Promise.all(Array.from({ length: claimers }, (_, index) => work(sweepId, `claimer ${index}`)));
  for (const text of await Promise.all(planned)) console.log(text);
  console.table(quarters(workStartedMs));
} finally {
  await record.close();
}

async function work(sweepId: string, slotKey: string): Promise<void> {
  for (let ordinal = 0; ; ordinal += 1) {
    const result = await timed('claim', () => ledger.claim({ ...benchClaim(sweepId, slotKey, ordinal), maxSegments }));
    if (result.kind === 'exhausted') return;
    if (result.kind === 'wait') await sleep(5);
    else for (const segment of result.bundle) await commit(segment);
  }
}

async function commit(segment: Segment): Promise<void> {
  await timed('commit', () => ledger.commit(segment.lease, emptyOutcome(segment, scoreOf(segment))));
  if (segment.kind === 'evaluate' && segment.rung === segment.specification.total_steps) {
    finishedAtMs.push(performance.now());
  }
}

async function timed<T>(kind: Call['kind'], call: () => Promise<T>): Promise<T> {
  const finishedBefore = finishedAtMs.length;
  const beganMs = performance.now();
  const result = await call();
  calls.push({ kind, finishedBefore, ms: performance.now() - beganMs });
  return result;
}

function scoreOf(segment: Segment): number {
  return ((segment.specification.configuration.seed * 7_919) % trainings) / trainings;
}

/** The plan of the claim's walk (src/store/segments/claim-segments.ts) once so many trainings have finished. */
async function explainAfter(sweepId: string, finished: number): Promise<string> {
  const ends = values.halving ? finished / 2 : finished;
  while (finishedAtMs.length < ends) await sleep(5);
  const { rows } = await sql<{ 'QUERY PLAN': string }>`
    explain (analyze, buffers)
    select s.id from sweep_trainings l join segments s on s.training_id = l.training_id
    where l.sweep_id = ${sweepId} and l.claimable and l.open and s.kind = 'train'
      and (s.status = 'ready' or (s.status = 'claimed' and s.lease_expires_at < now()))
    order by l.ordinal, s.end_step limit ${maxSegments}`.execute(store.db);
  return `after ${finishedAtMs.length} trainings\n${rows.map((row) => `  ${row['QUERY PLAN']}`).join('\n')}`;
}

function quarters(workStartedMs: number) {
  const total = finishedAtMs.length;
  return [0, 1, 2, 3].map((quarter) => {
    const from = Math.floor((quarter * total) / 4);
    const to = Math.floor(((quarter + 1) * total) / 4);
    const began = from === 0 ? workStartedMs : (finishedAtMs[from - 1] ?? workStartedMs);
    const ended = finishedAtMs[to - 1] ?? began;
    const mean = (kind: Call['kind']) => {
      const of = calls.filter((call) => call.kind === kind && call.finishedBefore >= from && call.finishedBefore < to);
      return (of.reduce((sum, call) => sum + call.ms, 0) / of.length).toFixed(1);
    };
    const perSecond = ((to - from) / ((ended - began) / 1_000)).toFixed(0);
    return { trainings: `${from}–${to}`, per_second: perSecond, claim_ms: mean('claim'), commit_ms: mean('commit') };
  });
}
