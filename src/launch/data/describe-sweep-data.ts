import { DropsweepError } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import { inputsFolderOf } from '../../hub/cache-folder.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { baseHere } from '../base/base-here.ts';
import { prepareRows } from '../prepare-sweep.ts';
import { type DataReport, describeData } from './describe-data.ts';
import { describedSets } from './further-sets.ts';
import { loadRows } from './load-rows.ts';

/** What a sweep's rows are, and what a launch makes of them. */
export interface SweepDataReport extends DataReport {
  /** What a launch says of the inputs that are made of them, a sentence each. */
  readonly remarks: readonly string[];
  /** Why a launch refuses them; null: it does not. */
  readonly refusal: DropsweepError | null;
}

/**
 * Describes the rows of a sweep, and prepares it as a launch does; null: they are a program's own affair. Fetches data
 * sets of the hub, and no model.
 * @throws DropsweepError DATA_INVALID, where there are no rows to describe
 */
export async function readDataReport(definition: SweepDefinition, progress: Progress): Promise<SweepDataReport | null> {
  const { training, space, trainer } = definition;
  if (!traitsOf(trainer).method) return null;
  const loaded = await loadRows(definition, baseHere, progress);
  const { place, rows, sets } = loaded;
  const maxLength = Math.max(...[training.max_length, ...(space['max_length'] ?? [])].map(Number));
  const report = await describeData(rows, { place, maxLength, measured: true, sets: describedSets(sets), progress });
  try {
    const options = { progress, inputsFolder: inputsFolderOf(process.env) };
    const { inputRemarks = [] } = await prepareRows(definition, loaded, options);
    return { ...report, remarks: inputRemarks, refusal: null };
  } catch (error) {
    if (!(error instanceof DropsweepError)) throw error;
    return { ...report, remarks: [], refusal: error };
  }
}
