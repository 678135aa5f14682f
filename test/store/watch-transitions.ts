import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Store } from '../../src/store/database/open-store.ts';
import {
  evaluationTransitions,
  segmentTransitions,
  sweepTransitions,
  trainingTransitions,
} from './allowed-transitions.ts';

const watched = [
  { table: 'sweeps', column: 'state', allowed: sweepTransitions },
  { table: 'trainings', column: 'state', allowed: trainingTransitions },
  { table: 'segments', column: 'status', allowed: segmentTransitions },
  { table: 'evaluations', column: 'status', allowed: evaluationTransitions },
] as const;

const statements = [
  `create table seen_transitions (kind text, before text, after text, primary key (kind, before, after))`,
  `create function note_transition() returns trigger language plpgsql as $$
   begin
     insert into seen_transitions values (tg_argv[0], to_jsonb(old) ->> tg_argv[1], to_jsonb(new) ->> tg_argv[1])
     on conflict do nothing;
     return null;
   end $$`,
  ...watched.map(
    ({ table, column }) => `create trigger note after update on ${table} for each row
     when (old.${column} is distinct from new.${column}) execute function note_transition('${table}', '${column}')`,
  ),
];

/** From now on the database writes down every change of a state, whoever makes it. */
export async function watchTransitions(store: Store): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(store.db);
}

/** Fails where a state went somewhere that `allowed-transitions.ts` does not name. */
export async function expectAllowedTransitions(store: Store): Promise<void> {
  const { rows } = await sql<{
    kind: string;
    before: string;
    after: string;
  }>`select * from seen_transitions`.execute(store.db);
  const refused = rows.filter(({ kind, before, after }) => {
    const table: Readonly<Record<string, readonly string[]>> | undefined = watched.find(
      (entry) => entry.table === kind,
    )?.allowed;
    return table?.[before]?.includes(after) !== true;
  });
  expect(refused).toEqual([]);
}
