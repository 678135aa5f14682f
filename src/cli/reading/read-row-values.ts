import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { meanOfRows, type RowScores, type StoredScores } from '../../evaluate/row-scores.ts';
import type { Store } from '../../store/database/open-store.ts';
import { readRowScores } from './read-row-scores.ts';

/** Trials whose outputs are read for what rows contribute to the noise of many configurations; more would be waited for. */
export const rowsUpTo = 400;
/** Outputs that are read at once. */
const together = 16;

/** One metric of each row of some trials, by trial; null: it is no plain mean over rows, or the outputs are not there. */
export type RowValues = Map<number, RowScores | null>;

/** Reads of those trials that are scored what is not there yet. @param rows what was read before, to which it is added */
export async function readRowValues(
  store: Store,
  snapshot: Parameters<typeof readRowScores>[1],
  trials: Parameters<typeof readRowScores>[2],
  { metric, rows }: { readonly metric: string; readonly rows: RowValues },
): Promise<void> {
  const fresh = trials.filter(({ trial, metrics }) => metrics !== null && !rows.has(trial));
  for (let from = 0; from < fresh.length; from += together) {
    const some = fresh.slice(from, from + together);
    const scores = await readRowScores(store, snapshot, some);
    for (const { trial } of some) {
      rows.set(trial, rowsOf(scores.get(trial), metric));
      // Whoever looks goes on looking meanwhile.
      await turnOfEventLoop();
    }
  }
}

/** Those that are there. */
export function knownRows(rows: RowValues): ReadonlyMap<number, RowScores> {
  return new Map([...rows].flatMap(([trial, scores]) => (scores === null ? [] : [[trial, scores] as const])));
}

/** One metric of each row, without the outputs that it is of; null where it is no plain mean over them. */
export function rowsOf(scores: StoredScores | undefined, metric: string): RowScores | null {
  const values = scores?.perRow(metric) ?? null;
  if (scores === undefined || values === null) return null;
  const weights = scores.weights(metric);
  return {
    rows: values.length,
    dataset: scores.dataset,
    perRow: (asked) => (asked === metric ? values : null),
    weights: (asked) => (asked === metric ? weights : null),
    value: (asked, chosen) => (asked === metric ? meanOfRows(values, weights, chosen) : null),
  };
}
