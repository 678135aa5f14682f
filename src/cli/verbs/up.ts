import { dataDirectoryOf } from '../../services/data-directory.ts';
import { stopServices } from '../../services/stop-services.ts';
import { type CliContext, note, say } from '../cli-context.ts';
import { startedMachine } from '../../launch/machine.ts';

export async function up(this: CliContext): Promise<void> {
  const { databaseName, temporal, dataDirectory } = await startedMachine((text) => note(this, text));
  say(this, `PostgreSQL: ${databaseName}`);
  if (temporal !== null) say(this, `Temporal:   ${temporal.address}`);
  say(this, `Data:       ${dataDirectory}`);
  say(this, 'Workers are up; unfinished sweeps go on. dropsweep down stops everything.');
}

export async function down(this: CliContext): Promise<void> {
  const dataDirectory = dataDirectoryOf(process.env);
  note(this, 'Stopping: workers give their segments back first.');
  const ran = await stopServices(dataDirectory);
  say(this, ran ? 'Everything is stopped. Sweeps go on with the next dropsweep up.' : 'Nothing was up.');
}
