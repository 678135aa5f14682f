import pg from 'pg';

/** The server settings that a profile needs. */
export const profileSettings = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.max': '10000',
  'pg_stat_statements.track_planning': 'on',
  track_wal_io_timing: 'on',
} as const;

interface StatementFigures {
  readonly calls: number;
  readonly ms: number;
  /** Of it: planning. */
  readonly planning: number;
  readonly rows: number;
  readonly hits: number;
  readonly reads: number;
}

export interface ProfileSnapshot {
  readonly statements: ReadonlyMap<string, StatementFigures>;
  readonly walBytes: number;
  readonly fullPageImages: number;
  readonly pagesRead: number;
}

/** What the server has done so far, statement by statement, as pg_stat_statements counts it. */
export async function readProfile(databaseUrl: string): Promise<ProfileSnapshot> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('create extension if not exists pg_stat_statements');
    const { rows } = await client.query<Record<string, string>>(
      `select regexp_replace(query, '\\s+', ' ', 'g') as query, sum(calls) as calls, sum(total_exec_time + total_plan_time) as ms,
         sum(total_plan_time) as planning,
         sum(rows) as rows, sum(shared_blks_hit) as hits, sum(shared_blks_read) as reads
       from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database()) group by 1`,
    );
    const wal = await client.query<Record<string, string>>('select wal_bytes, wal_fpi from pg_stat_wal');
    const read = await client.query<Record<string, string>>(
      'select blks_read from pg_stat_database where datname = current_database()',
    );
    const figures = (row: Record<string, string>): StatementFigures => ({
      calls: Number(row['calls']),
      ms: Number(row['ms']),
      planning: Number(row['planning']),
      rows: Number(row['rows']),
      hits: Number(row['hits']),
      reads: Number(row['reads']),
    });
    return {
      statements: new Map(rows.map((row) => [row['query'] ?? '', figures(row)])),
      walBytes: Number(wal.rows[0]?.['wal_bytes']),
      fullPageImages: Number(wal.rows[0]?.['wal_fpi']),
      pagesRead: Number(read.rows[0]?.['blks_read']),
    };
  } finally {
    await client.end();
  }
}

/** Between two looks, for each training that ended meanwhile: the statements that took most, and what was written. */
export function tellProfile(title: string, from: ProfileSnapshot, to: ProfileSnapshot, trainings: number): string {
  const each = (value: number, digits = 3) => (value / trainings).toFixed(digits);
  const spent = [...to.statements].map(([query, after]) => {
    const before = from.statements.get(query);
    const since = (name: keyof StatementFigures) => after[name] - (before?.[name] ?? 0);
    return {
      query,
      calls: since('calls'),
      ms: since('ms'),
      planning: since('planning'),
      rows: since('rows'),
      hits: since('hits'),
      reads: since('reads'),
    };
  });
  const total = (name: 'calls' | 'ms' | 'planning' | 'hits') =>
    spent.reduce((sum, statement) => sum + statement[name], 0);
  const lines = spent
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 24)
    .map(
      ({ query, calls, ms, planning, rows, hits, reads }) =>
        `  ${each(ms)} ms (${each(planning)} planning), ${each(calls)} calls of ${(ms / Math.max(1, calls)).toFixed(2)} ms, ${each(rows, 1)} rows, ${each(hits, 0)} hits, ${each(reads, 1)} reads: ${query.slice(0, 150)}`,
    );
  return [
    `${title}, for each of ${trainings} trainings: ${each(total('ms'))} ms (${each(total('planning'))} planning) in ${each(total('calls'), 2)} statements, ${each(total('hits'), 0)} page hits, ${each(to.pagesRead - from.pagesRead, 1)} reads, ${each((to.walBytes - from.walBytes) / 1024, 1)} KiB of WAL with ${each(to.fullPageImages - from.fullPageImages, 2)} whole pages`,
    ...lines,
  ].join('\n');
}
