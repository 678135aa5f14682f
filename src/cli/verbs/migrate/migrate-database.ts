import { migrate } from '../../../store/database/migrate.ts';
import type { CliContext } from '../../cli-context.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { runningMachine } from '../../../launch/machine.ts';
import { withMachineRecord } from '../../../launch/open-record.ts';

export async function migrateDatabase(this: CliContext, { format }: FormatFlags): Promise<void> {
  await withMachineRecord(runningMachine(), async ({ store }) => {
    const applied = await migrate(store);
    const text = applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`;
    sayOutcome(this, format, { applied: [...applied], text });
  });
}
