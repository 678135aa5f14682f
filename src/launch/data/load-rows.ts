import type { Progress } from '../../base/progress.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import type { BaseModelReference } from '../../sweep/vocabulary.ts';
import { type LoadedDataset, loadDataset, settledBy } from '../../tasks/load-dataset.ts';
import { namedBase } from '../base/base-here.ts';
import { tokenizedPlace } from '../base/described-base.ts';
import { type FrozenSet, loadSets } from './further-sets.ts';
import { withLocalData } from './local-data.ts';

/** The rows of a sweep, and the base that they are read for. */
export interface LoadedRows {
  readonly base: BaseModelReference;
  /** Of its tokenizer; empty where it is not here: rows are not tokenised then. */
  readonly place: string;
  readonly rows: LoadedDataset;
  readonly sets: readonly FrozenSet[];
}

/**
 * Reads a sweep's rows. Fetches data sets of the hub.
 * @param resolveBase finds the base model; not asked for a simulated trainer, which has none
 * @throws DropsweepError DATA_INVALID, MODEL_NOT_FOUND, MODEL_UNSUPPORTED
 */
export async function loadRows(
  definition: SweepDefinition,
  resolveBase: (reference: string) => Promise<BaseModelReference>,
  progress?: Progress,
): Promise<LoadedRows> {
  progress?.('reading rows', null);
  const loaded = await loadDataset(await withLocalData(definition.task, process.env, progress));
  const base = traitsOf(definition.trainer).base ? await resolveBase(definition.base) : namedBase(definition.base);
  // Without the model, of which a dry run may know the name or the sizes alone, rows are not tokenised.
  const place = tokenizedPlace(base);
  const rows = await settledBy(loaded, place);
  return { base, place, rows, sets: await loadSets(definition, rows.task, place, progress) };
}
