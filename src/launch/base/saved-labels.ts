import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readJson } from '../../adapters/peft/read-adapter.ts';
import { seenOf } from '../../tasks/alike-names.ts';

/** transformers' names of labels that have none. */
const unnamed = /^LABEL_\d+$/;
const withLabels = z.object({ id2label: z.record(z.string(), z.string()) });
const written = z.object({ label_names: z.array(z.string()).min(1) });

/**
 * The names of the outputs of a head that a folder holds, in their order: as an export of this program notes them, or as
 * config.json has them. Null: they have none.
 */
export function readSavedLabels(folder: string): readonly string[] | null {
  const own = written.safeParse(readIfThere(path.join(folder, 'dropsweep.json')));
  if (own.success) return own.data.label_names;
  const config = withLabels.safeParse(readIfThere(path.join(folder, 'config.json')));
  if (!config.success) return null;
  const { id2label } = config.data;
  const names = Object.keys(id2label).map((_, index) => id2label[index]);
  return names.every((name) => name !== undefined && !unnamed.test(name)) ? names.map(String) : null;
}

function readIfThere(file: string): unknown {
  return existsSync(file) ? readJson(file) : null;
}

/** What a saved head's outputs are to a task: which of them each label is; or the two have other labels. */
export type SavedOrder =
  | { readonly kind: 'by_name' | 'by_place'; readonly rows: readonly number[] }
  | { readonly kind: 'others' };

/**
 * Labels are matched by their names, as people see them. Where either side has none, or numbers that are places, an output
 * is the label of its place, as everywhere on the hub.
 * @param saved null: the head names none @param labels of the task, as many
 */
export function orderOf(saved: readonly string[] | null, labels: readonly string[]): SavedOrder {
  const places = labels.map((_, place) => String(place));
  const byName = saved === null ? null : matched(saved, labels);
  if (byName !== null) return { kind: 'by_name', rows: byName };
  const byPlace = matched(places, labels) ?? matched(saved ?? places, places);
  return byPlace === null ? { kind: 'others' } : { kind: 'by_place', rows: byPlace };
}

/** For each label the place of its name; null where the two are not the same names. */
function matched(names: readonly string[], labels: readonly string[]): readonly number[] | null {
  return placesOf(names, labels) ?? placesOf(names.map(seenOf), labels.map(seenOf));
}

function placesOf(names: readonly string[], labels: readonly string[]): readonly number[] | null {
  const places = new Map(names.map((name, place) => [name, place]));
  const rows = labels.map((label) => places.get(label) ?? -1);
  return places.size === labels.length && new Set(rows).size === labels.length && !rows.includes(-1) ? rows : null;
}
