import { type CliContext, note, say } from '../../cli-context.ts';
import { startedMachine } from '../../../launch/machine.ts';

export async function up(this: CliContext): Promise<void> {
  const { databaseName, temporal, dataDirectory } = await startedMachine((text) => note(this, text));
  say(this, `PostgreSQL: ${databaseName}`);
  if (temporal !== null) say(this, `Temporal:   ${temporal.address}`);
  say(this, `Data:       ${dataDirectory}`);
  say(this, 'Workers are up; unfinished sweeps go on. dropsweep down stops everything.');
}
