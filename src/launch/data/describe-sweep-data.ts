import type { Progress } from '../../base/progress.ts';
import { isAbsolute } from 'node:path';
import { findModel, resolveModel } from '../../hub/resolve-model.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { loadDataset, settledBy } from '../../tasks/load-dataset.ts';
import { type DataReport, describeData } from './describe-data.ts';
import { describedSets, loadSets } from './further-sets.ts';
import { withLocalData } from './local-data.ts';

/**
 * Describes the rows of a sweep; null: they are a program's own affair. Fetches data sets of the hub, and no model.
 * @throws DropsweepError DATA_INVALID
 */
export async function readDataReport(
  { task, base, training, space, trainer, sets }: SweepDefinition,
  environment: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<DataReport | null> {
  if (!traitsOf(trainer).method) return null;
  const loaded = await loadDataset(await withLocalData(task, environment, progress));
  const model = isAbsolute(base) ? await resolveModel(base, { fetch: false }) : await findModel(base);
  const lengths = [training.max_length, ...(space['max_length'] ?? [])].map(Number);
  const place = !traitsOf(trainer).base ? '' : (model?.folder ?? '');
  const dataset = await settledBy(loaded, place);
  const further = await loadSets({ ...(sets === undefined ? {} : { sets }) }, dataset.task, place, progress);
  const described = { sets: describedSets(further), progress };
  const request = { place, maxLength: Math.max(...lengths), measured: true, ...described };
  return describeData(dataset, request);
}
