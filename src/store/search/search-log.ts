import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import {
  isDecision,
  type LoggedEvent,
  type SearchDecision,
  type SearchEvent,
  type SearchFact,
} from '../../search/fold/search-event.ts';
import { type SearchStage, SearchState } from '../../search/fold/search-state.ts';
import type { FailureKind } from '../../sweep/failure-kinds.ts';
import type { ResolvedInputs, SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { readSnapshot, takeSnapshot } from './search-snapshots.ts';

export interface SearchingSweep {
  readonly id: string;
  readonly definition: SweepDefinition;
  readonly inputs: ResolvedInputs;
  /** Sweep files that it had before it was extended. */
  readonly former_stages: readonly SearchStage[];
  readonly canonical_hash: string;
  readonly desired_state: 'running' | 'paused' | 'cancelled';
}

export type StagedSweep = Pick<SearchingSweep, 'definition' | 'inputs' | 'former_stages'>;

interface Remembered {
  readonly state: SearchState;
  readonly sequence: number;
  /** Events up to here were in a snapshot when it was folded; none were: before the first. */
  readonly snapshotAt: number;
  /** Token of the last event that was folded: whoever wrote another after the same one wrote another token. */
  readonly token: string | null;
  readonly canonicalHash: string;
}

/** States of the searches that this process told last. What the log says decides: these only save reading it again. */
const remembered = new Map<string, Remembered>();
const rememberedAtMost = 64;
/** Below the sequence of any event: a migration has put some before the first. */
const beforeAll = -10;

/** A search under its lock, within a transaction. */
export interface OpenSearch {
  readonly sweep: SearchingSweep;
  /** Number of the sweep file that holds, from 0. */
  readonly stage: number;
  readonly state: SearchState;
  record(event: SearchEvent): void;
  /** Writes what was recorded. Nothing may be recorded after it. */
  close(): Promise<void>;
}

export async function lockSearch(tx: DatabaseTransaction, sweepId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${sweepId}, 1))`.execute(tx);
}

/** Takes the sweep's scheduler lock until the transaction's end, and folds what others recorded meanwhile. */
export async function openSearch(tx: DatabaseTransaction, sweepId: string): Promise<OpenSearch> {
  await lockSearch(tx, sweepId);
  const sweep = await tx
    .selectFrom('sweeps')
    .select(['id', 'definition', 'inputs', 'former_stages', 'canonical_hash', 'desired_state'])
    .where('id', '=', sweepId)
    .executeTakeFirstOrThrow();
  const before = await foldedState(tx, sweep);
  // A transaction that fails has changed the state without the log: it is forgotten until this one is written.
  remembered.delete(sweepId);
  let sequence = before.sequence;
  /** Sequence number of the last fact: what a decision was made from. */
  let factsUpTo = before.sequence;
  const written: LoggedEvent[] = [];
  return {
    sweep,
    stage: sweep.former_stages.length,
    state: before.state,
    record: (event) => {
      sequence += 1;
      if (!isDecision(event)) factsUpTo = sequence;
      written.push({ sequence, event, decidedAt: isDecision(event) ? factsUpTo : null });
      before.state.apply(event);
    },
    close: async () => {
      const token = written.length === 0 ? before.token : await write(tx, sweepId, written);
      const after = { ...before, sequence, token };
      const snapshotAt = token === null ? null : await takeSnapshot(tx, sweepId, { ...after, token });
      remember(sweepId, snapshotAt === null ? after : { ...after, snapshotAt });
    },
  };
}

function remember(sweepId: string, entry: Remembered): void {
  const [oldest] = remembered.keys();
  if (remembered.size >= rememberedAtMost && oldest !== undefined) remembered.delete(oldest);
  remembered.set(sweepId, entry);
}

async function foldedState(tx: DatabaseTransaction, sweep: SearchingSweep): Promise<Remembered> {
  const known = remembered.get(sweep.id);
  if (known !== undefined && known.canonicalHash === sweep.canonical_hash && known.token !== null) {
    const folded = await foldOn(tx, sweep, known);
    if (folded !== null) return folded;
  }
  const snapshot = await readSnapshot(tx, sweep);
  if (snapshot !== null) {
    const { sequence, token, memory } = snapshot;
    const state = new SearchState(stagesOf(sweep), memory);
    const folded = await foldOn(tx, sweep, { state, sequence, token, snapshotAt: sequence });
    if (folded !== null) return folded;
  }
  const state = new SearchState(stagesOf(sweep));
  const rows = await readRows(tx, sweep.id, beforeAll);
  const nothing = { state, sequence: -1, token: null, snapshotAt: -1, canonicalHash: sweep.canonical_hash };
  return fold(state, rows, nothing);
}

/** What was folded and all that came after it. Null: the log has another event there. */
async function foldOn(
  tx: DatabaseTransaction,
  sweep: SearchingSweep,
  known: Omit<Remembered, 'canonicalHash'>,
): Promise<Remembered | null> {
  const [last, ...later] = await readRows(tx, sweep.id, known.sequence);
  if (last?.sequence !== known.sequence || last.token !== known.token) return null;
  return fold(known.state, later, { ...known, canonicalHash: sweep.canonical_hash });
}

/** The sweep files of a search, as it was launched with and extended to. */
export function stagesOf({ definition, inputs, former_stages: former }: StagedSweep): readonly SearchStage[] {
  return [...former, { definition, inputs }];
}

function fold(state: SearchState, rows: readonly EventRow[], from: Remembered): Remembered {
  for (const row of rows) state.apply(toEvent(row));
  const last = rows.at(-1);
  return last === undefined ? from : { ...from, state, sequence: last.sequence, token: last.token };
}

interface EventRow {
  readonly sequence: number;
  readonly kind: SearchEvent['kind'];
  readonly ordinal: number;
  readonly rung: number;
  readonly value: number | null;
  readonly reason: string | null;
  readonly point: Record<string, number | string> | null;
  readonly decided_at: number | null;
  readonly further: readonly number[] | null;
  readonly failure: FailureKind | null;
  readonly token: string;
}

async function readRows(
  db: Pick<DatabaseTransaction, 'selectFrom'>,
  sweepId: string,
  from: number,
): Promise<EventRow[]> {
  return db
    .selectFrom('search_events')
    .select([
      'sequence',
      'kind',
      'ordinal',
      'rung',
      'value',
      'reason',
      'point',
      'decided_at',
      'further',
      'failure',
      'token',
    ])
    .where('sweep_id', '=', sweepId)
    .where('sequence', '>=', from)
    .orderBy('sequence')
    .execute();
}

function toEvent({ kind, ordinal, rung, value, reason, point, further, failure }: EventRow): SearchEvent {
  if (kind === 'suggest' || kind === 'promote' || kind === 'prune' || kind === 'stop' || kind === 'halt') {
    const decision: SearchDecision = { kind, ordinal, rung, reason: reason ?? '' };
    return point === null ? decision : { ...decision, point };
  }
  const fact: SearchFact = { kind, ordinal, rung, value };
  return {
    ...fact,
    ...(further === null ? {} : { further }),
    ...(point === null ? {} : { point }),
    ...(failure === null ? {} : { failure }),
  };
}

/** The whole log of a sweep's search. */
export async function readSearchLog(
  db: Pick<DatabaseTransaction, 'selectFrom'>,
  sweepId: string,
): Promise<readonly LoggedEvent[]> {
  const rows = await readRows(db, sweepId, beforeAll);
  return rows.map((row) => ({ sequence: row.sequence, event: toEvent(row), decidedAt: row.decided_at }));
}

/** @returns the token that marks these events */
async function write(tx: DatabaseTransaction, sweepId: string, events: readonly LoggedEvent[]): Promise<string> {
  const token = randomUUID();
  const rows = events.map(({ sequence, event, decidedAt }) => ({
    sequence,
    kind: event.kind,
    ordinal: event.ordinal,
    rung: event.rung,
    // JSON has no infinities: an evaluation without the metric ranks as the worst.
    value: 'value' in event && event.value !== null ? String(event.value) : null,
    reason: isDecision(event) ? event.reason : null,
    point: event.point ?? null,
    decided_at: decidedAt,
    further: 'further' in event && event.further !== undefined ? event.further.map(String) : null,
    failure: 'failure' in event ? event.failure : null,
  }));
  await sql`
    insert into search_events (sweep_id, sequence, kind, ordinal, rung, value, reason, point, decided_at, further, failure,
      token)
    select ${sweepId}, sequence, kind, ordinal, rung, value::double precision, reason, point, decided_at,
      further, failure, ${token}::uuid
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e (sequence integer, kind text, ordinal integer,
      rung integer, value text, reason text, point jsonb, decided_at integer, further double precision[], failure text)`.execute(
    tx,
  );
  return token;
}
