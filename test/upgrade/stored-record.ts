import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';

/** A whole record as an earlier version left it: its rows, and the checkpoint files that they speak of. */
export interface StoredRecord {
  /** The last migration of the version that wrote it. */
  readonly schema: string;
  /** Rows as PostgreSQL spells them in JSON, by table, each table after those that it refers to. */
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  /** Contents by path below the checkpoint folder. */
  readonly files: Readonly<Record<string, string>>;
}

const bookkeeping = ['kysely_migration', 'kysely_migration_lock'];

/** Everything in a database, and in a folder of simulated checkpoints, which are text. */
export async function storeRecord(databaseUrl: string, checkpointFolder: string): Promise<StoredRecord> {
  return connected(databaseUrl, async (client) => {
    const migrations = await client.query<{ name: string }>('select name from kysely_migration order by name');
    const named = await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
    );
    const tables: Record<string, Record<string, unknown>[]> = {};
    for (const { name } of named.rows.filter((table) => !bookkeeping.includes(table.name))) {
      const { rows } = await client.query<{ row: Record<string, unknown> }>(
        `select row_to_json(t) as row from ${client.escapeIdentifier(name)} t`,
      );
      tables[name] = rows.map(({ row }) => row);
    }
    const files = readdirSync(checkpointFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return {
      schema: migrations.rows.at(-1)?.name ?? '',
      tables,
      files: Object.fromEntries(
        files.map((file) => [relative(checkpointFolder, file), readFileSync(file, 'utf8')] as const),
      ),
    };
  });
}

/** Puts the rows into a database whose schema is the record's, and the files where they belong. */
export async function restoreRecord(
  { tables, files }: StoredRecord,
  databaseUrl: string,
  checkpointFolder: string,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(checkpointFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  await connected(databaseUrl, async (client) => {
    await client.query('begin');
    // Rows come as they were: nothing is derived of them anew, whatever the order of the tables.
    await client.query('set local session_replication_role = replica');
    for (const [name, rows] of Object.entries(tables)) await insertRows(client, name, rows);
    await client.query('commit');
  });
}

async function insertRows(client: pg.Client, name: string, rows: readonly unknown[]): Promise<void> {
  const table = client.escapeIdentifier(name);
  const { rows: columns } = await client.query<{ name: string; sequence: string | null }>(
    `select column_name as name, pg_get_serial_sequence($2, column_name) as sequence
     from information_schema.columns
     where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' order by ordinal_position`,
    [name, table],
  );
  const names = columns.map((column) => client.escapeIdentifier(column.name)).join(', ');
  await client.query(
    `insert into ${table} (${names}) overriding system value
     select ${names} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
  for (const { name: column, sequence } of columns) {
    if (sequence === null) continue;
    await client.query(
      `select setval($1, coalesce((select max(${client.escapeIdentifier(column)}) from ${table}), 0) + 1, false)`,
      [sequence],
    );
  }
}

async function connected<Result>(databaseUrl: string, body: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await body(client);
  } finally {
    await client.end();
  }
}

export function freeze(record: StoredRecord): Uint8Array {
  return gzipSync(JSON.stringify(record), { level: 9 });
}

export function thaw(bytes: Uint8Array): StoredRecord {
  const record: StoredRecord = JSON.parse(gunzipSync(bytes).toString('utf8'));
  return record;
}
