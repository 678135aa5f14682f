import { migrate } from '../../../store/migrate.ts';
import { type CliContext, say } from '../../cli-context.ts';
import { withRecord } from '../../../launch/open-record.ts';

export async function migrateDatabase(this: CliContext): Promise<void> {
  await withRecord(async ({ store }) => {
    const applied = await migrate(store);
    say(this, applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
  });
}
