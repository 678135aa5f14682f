import { dataDirectoryOf } from '../../../services/data-directory.ts';
import { stopServices } from '../../../services/stop-services.ts';
import { type CliContext, note } from '../../cli-context.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export async function down(this: CliContext, { format }: FormatFlags): Promise<void> {
  const dataDirectory = dataDirectoryOf(process.env);
  note(this, 'Stopping: workers give their segments back first.');
  const ran = await stopServices(dataDirectory);
  const text = ran ? 'Everything is stopped. Sweeps go on with the next dropsweep up.' : 'Nothing was up.';
  sayOutcome(this, format, { ran, text });
}
