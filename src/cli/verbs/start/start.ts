import type { FormatFlags } from '../../verb-parameters.ts';
import { join } from 'node:path';
import type { CliContext } from '../../cli-context.ts';
import { productFolder } from '../../../launch/product-version.ts';
import { readSweepFile } from '../../../launch/read-sweep-file.ts';
import { demandDetached } from '../../verb-parameters.ts';
import { launchDefinition } from '../launch/launch.ts';

export interface StartFlags extends FormatFlags {
  readonly detach: boolean;
}

/** The quickstart. A second time shows the finished sweep or goes on with it. */
export async function start(this: CliContext, flags: StartFlags): Promise<void> {
  const { detach, format } = flags;
  demandDetached(format, detach, '--detach');
  const file = join(productFolder(), 'examples', 'quickstart.yaml');
  await launchDefinition(this, readSweepFile(file), { detach, format, extend: false, resume: true, file });
}
