import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { labelsOf } from '../../dashboard/charts/categories.ts';
import { columnOf, variedFields } from '../../dashboard/tables/view-columns.ts';
import type { SettingEffect } from '../../dashboard/view-source.ts';
import { meanOfRows, type RowScores, type StoredScores } from '../../evaluate/row-scores.ts';
import { type AxisEffect, axisEffects } from '../../report/axis-effects.ts';
import { Noise } from '../../report/noise.ts';
import { studentInterval } from '../../stats/student-interval.ts';
import type { Store } from '../../store/database/open-store.ts';
import { readPairedDifferences } from '../../store/views/paired-differences.ts';
import { readSweepSnapshot } from '../../store/views/sweep-reader.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import { readRowScores } from '../reading/read-row-scores.ts';
import { everyTrial } from '../reading/read-report.ts';

/** Trials whose outputs are read for the rows' part of the noise; of a larger sweep the seeds alone tell, by a query. */
const rowsUpTo = 400;
/** Outputs that are read at once. */
const together = 16;

/** Effects of each setting of a sweep on a metric, by seeds and rows; what was read of a trial is kept for the next look. */
export function settingEffects(store: Store): (name: string, metric: string) => Promise<readonly SettingEffect[]> {
  let known: { readonly of: string; readonly rows: Map<number, RowScores | null> } = { of: '', rows: new Map() };
  return async (name, metric) => {
    const small = await readSweepSnapshot(store, name, { trialLimit: 0, points: false });
    if (small.trialCount > rowsUpTo) return overSeeds(store, small, metric);
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
  rows: Map<number, RowScores | null> = new Map(),
): Promise<readonly AxisEffect[]> {
  const fresh = snapshot.trials.filter(({ trial, metrics }) => metrics !== null && !rows.has(trial));
  if (snapshot.trialCount <= rowsUpTo) await readRows(store, { ...snapshot, trials: fresh }, metric, rows);
  const noise = new Map([...rows].flatMap(([trial, scores]) => (scores === null ? [] : [[trial, scores] as const])));
  return axisEffects(snapshot, metric, noise.size === 0 ? null : new Noise(noise));
}

/** By the differences within each seed, which the record pairs and folds. */
async function overSeeds(store: Store, snapshot: SweepSnapshot, metric: string): Promise<readonly SettingEffect[]> {
  const fields = variedFields(snapshot).map(columnOf);
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

async function readRows(
  store: Store,
  { trials, ...snapshot }: Parameters<typeof readRowScores>[1] & { readonly trials: readonly TrialRow[] },
  metric: string,
  rows: Map<number, RowScores | null>,
): Promise<void> {
  for (let from = 0; from < trials.length; from += together) {
    const some = trials.slice(from, from + together);
    const scores = await readRowScores(store, snapshot, some);
    for (const { trial } of some) {
      rows.set(trial, rowsOf(scores.get(trial), metric));
      // Whoever looks goes on looking meanwhile.
      await turnOfEventLoop();
    }
  }
}

/** One metric of each row, without the outputs that it is of; null where it is no plain mean over them. */
export function rowsOf(scores: StoredScores | undefined, metric: string): RowScores | null {
  const values = scores?.perRow(metric) ?? null;
  if (scores === undefined || values === null) return null;
  const weights = scores.weights(metric);
  return {
    rows: values.length,
    perRow: (asked) => (asked === metric ? values : null),
    weights: (asked) => (asked === metric ? weights : null),
    value: (asked, chosen) => (asked === metric ? meanOfRows(values, weights, chosen) : null),
  };
}
