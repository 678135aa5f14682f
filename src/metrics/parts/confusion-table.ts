import { classesIn } from '../forms/class-forms.ts';
import { confusionOf } from './confusion-matrix.ts';
import { tagScores } from '../entity-f1.ts';
import { labelCounts } from './label-counts.ts';
import { labelSetScores, type ScoredSet } from '../forms/scored-set.ts';

/** How often what was right was predicted as what. */
export interface ConfusionTable {
  /** What a row and a column are, such as `label` and `prediction`. */
  readonly down: string;
  readonly across: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [rows][columns] */
  readonly counts: readonly (readonly number[])[];
}

/** One for each form of predictions that has classes; of a set of another form null. */
const tables: readonly ((set: ScoredSet) => ConfusionTable | null)[] = [ofClasses, ofTags, ofLabelSets];

/** The table of a set whose predictions are classes, tags of words, or sets of labels; null: they are none of these. */
export function confusionTable(set: ScoredSet): ConfusionTable | null {
  for (const tableOf of tables) {
    const table = tableOf(set);
    if (table !== null) return table;
  }
  return null;
}

function ofClasses(set: ScoredSet): ConfusionTable | null {
  const content = classesIn(set);
  if (content === null) return null;
  return {
    down: 'label',
    across: 'predicted',
    rows: content.names,
    columns: content.names,
    counts: confusionOf(content),
  };
}

/** Of words, by their tags; the tag that most of them have comes first. */
function ofTags(set: ScoredSet): ConfusionTable | null {
  const content = tagScores.read(set);
  if (content === null) return null;
  const pairs = content.sentences.flatMap(({ reference, predicted }) =>
    reference.map((tag, word) => [tag, predicted[word] ?? ''] as const),
  );
  const seen = new Map<string, number>();
  for (const tag of pairs.flat()) seen.set(tag, (seen.get(tag) ?? 0) + 1);
  const names = [...seen].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([tag]) => tag);
  const places = new Map(names.map((name, place) => [name, place]));
  const counts = names.map(() => names.map(() => 0));
  for (const [tag, prediction] of pairs) {
    const row = counts[places.get(tag) ?? -1];
    const column = places.get(prediction);
    if (row !== undefined && column !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  return { down: 'tag', across: 'predicted', rows: names, columns: names, counts };
}

/** Each label is decided for itself. */
function ofLabelSets(set: ScoredSet): ConfusionTable | null {
  const content = labelSetScores.read(set);
  if (content === null) return null;
  const counts = labelCounts(content).map(({ hits, labelled, predicted }) => [hits, labelled - hits, predicted - hits]);
  return { down: 'label', across: '', rows: content.names, columns: ['found', 'missed', 'wrongly set'], counts };
}
