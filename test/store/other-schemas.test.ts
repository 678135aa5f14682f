import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { demandKnownSchema, migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { startTestDatabase } from '../support/postgres.ts';

it('a schema that another version wrote is said in one error, before anything of it is read', async () => {
  const database = await startTestDatabase();
  const store = openStore(database.databaseUrl);
  await expect(demandKnownSchema(store)).rejects.toThrow('the database is of an older dropsweep');
  await migrate(store);
  await demandKnownSchema(store);
  await sql`insert into kysely_migration (name, timestamp) values ('9999-from-tomorrow', 'now')`.execute(store.db);
  await expect(demandKnownSchema(store)).rejects.toThrow(
    /SERVICE_UNAVAILABLE: the database was written by a newer dropsweep[^]*9999-from-tomorrow/,
  );
  await store.close();
  await database.drop();
});
