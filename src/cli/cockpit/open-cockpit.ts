import { clusterFolderOf, isCluster } from '../../services/postgres/cluster-folder.ts';
import { dataDirectoryOf } from '../../services/data-directory.ts';
import { demandKnownSchema } from '../../store/database/migrate.ts';
import { newestSweep } from '../../store/views/sweep-list.ts';
import { withMachineRecord } from '../../launch/open-record.ts';
import { machineIfRunning } from '../../launch/machine.ts';
import { type CliContext, say } from '../cli-context.ts';
import { followSweep, hasScreen } from '../output/follow-sweep.ts';

/** How one begins, where there is nothing to look at. */
const beginning = `There is no sweep here yet. To begin:

  dropsweep start                     trains ten small adapters and shows them
  dropsweep init --data train.csv     writes a sweep file for rows of yours
  dropsweep launch FILE --dry-run     says what a sweep file would do
  dropsweep --help                    all verbs`;

/** Without a verb, on a terminal: the sweeps of the record, or how one begins. @returns false: there is no terminal */
export async function openCockpit(context: CliContext): Promise<boolean> {
  if (!hasScreen(context)) return false;
  const machine = machineIfRunning();
  const shown =
    machine !== null &&
    (await withMachineRecord(machine, async (record) => {
      await demandKnownSchema(record.store);
      const newest = await newestSweep(record.store);
      if (newest !== null) await followSweep(context, record, newest, { firstView: 'sweeps' });
      return newest !== null;
    }));
  if (!shown) say(context, machine === null ? withoutServices() : beginning);
  return true;
}

/** Where no database is up: one of this machine's own may lie there with sweeps in it. */
function withoutServices(): string {
  const dataDirectory = dataDirectoryOf(process.env);
  if (!isCluster(clusterFolderOf(dataDirectory))) return beginning;
  return `The services of this machine are down, and with them its record, in ${dataDirectory}.

  dropsweep up                        brings them up again; dropsweep then shows the sweeps
  dropsweep start                     does so too, and goes on with the quickstart`;
}
