import { labelsOf } from '../../dashboard/charts/categories.ts';
import { columnOf, pairedFields } from '../../dashboard/tables/view-columns.ts';
import type { SettingEffect } from '../../dashboard/reading/view-source.ts';
import { type AxisEffect, axisEffects } from '../../report/noise/axis-effects.ts';
import { chosenAmong } from '../../report/comparing/chosen-among.ts';
import { Noise } from '../../report/noise/noise.ts';
import { studentInterval } from '../../stats/student-interval.ts';
import type { Store } from '../../store/database/open-store.ts';
import { readPairedDifferences } from '../../store/views/configurations/paired-differences.ts';
import { readSweepSnapshot } from '../../store/views/sweep-reader.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { everyTrial } from './read-report.ts';
import { knownRows, readRowValues, type RowValues, rowsUpTo } from './read-row-values.ts';

/** Effects of each setting of a sweep on a metric, by seeds and rows; what was read of a trial is kept for the next look. */
export function settingEffects(store: Store): (name: string, metric: string) => Promise<readonly SettingEffect[]> {
  let known: { readonly of: string; readonly rows: RowValues } = { of: '', rows: new Map() };
  return async (name, metric) => {
    const small = await readSweepSnapshot(store, name, { trialLimit: 0, points: false });
    if (small.trialCount > rowsUpTo) return effectsOverSeeds(store, small, metric);
    const snapshot = await readSweepSnapshot(store, name, everyTrial);
    const of = `${snapshot.sweepId} ${metric}`;
    if (known.of !== of) known = { of, rows: new Map() };
    return readEffects(store, snapshot, metric, known.rows);
  };
}

/**
 * Effects of each setting of a whole sweep, by seeds and rows; of a large one by seeds.
 * @param rows of trials that were read before
 */
export async function readEffects(
  store: Store,
  snapshot: SweepSnapshot,
  metric: string,
  rows: RowValues = new Map(),
): Promise<readonly AxisEffect[]> {
  if (snapshot.trialCount > rowsUpTo) return axisEffects(snapshot, metric);
  await readRowValues(store, snapshot, chosenAmong(snapshot.trials), { metric, rows });
  const known = knownRows(rows);
  return axisEffects(snapshot, metric, known.size === 0 ? null : new Noise(known));
}

/** By the differences within each seed, which the record pairs and folds as `axisEffects` does. */
export async function effectsOverSeeds(
  store: Store,
  snapshot: SweepSnapshot,
  metric: string,
): Promise<readonly SettingEffect[]> {
  const fields = pairedFields(snapshot).map(columnOf);
  const paired = await readPairedDifferences(store, snapshot.sweepId, { score: columnOf(metric), fields });
  return paired.map(({ field, levels, differences }): SettingEffect => {
    const values = levels.kind === 'each' ? levels.values : [];
    const names = labelsOf(levels);
    return {
      name: field.name,
      values: values.map((value, place) => {
        const found = differences.find((difference) => difference.value === value);
        return {
          text: names[place] ?? '',
          difference: found === undefined ? null : studentInterval(found.bySeed),
          pairs: found?.pairs ?? 0,
          over: 'seeds' as const,
        };
      }),
    };
  });
}
