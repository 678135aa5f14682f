import { dataDirectoryOf } from '../../../services/data-directory.ts';
import { stopServices } from '../../../services/stop-services.ts';
import { type CliContext, note, say } from '../../cli-context.ts';

export async function down(this: CliContext): Promise<void> {
  const dataDirectory = dataDirectoryOf(process.env);
  note(this, 'Stopping: workers give their segments back first.');
  const ran = await stopServices(dataDirectory);
  say(this, ran ? 'Everything is stopped. Sweeps go on with the next dropsweep up.' : 'Nothing was up.');
}
