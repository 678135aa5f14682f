import { join } from 'node:path';
import type { CliContext } from '../../cli-context.ts';
import { productFolder } from '../../../launch/product-version.ts';
import { readSweepFile } from '../../../launch/read-sweep-file.ts';
import { launchDefinition } from '../launch/launch.ts';

/** The quickstart. A second time shows the finished sweep or goes on with it. */
export async function start(this: CliContext, flags: { readonly detach: boolean }): Promise<void> {
  const file = join(productFolder(), 'examples', 'quickstart.yaml');
  await launchDefinition(this, readSweepFile(file), { detach: flags.detach, extend: false, resume: true, file });
}
