import type { Json } from '../../base/canonical-json.ts';
import { DropsweepError } from '../../base/errors.ts';
import { type GlueName, type GlueSubmission, glueTasks } from '../../sweep/glue-tasks.ts';

export interface SubmittedRow {
  /** The benchmark's number of the row. */
  readonly index: string;
  readonly prediction: Json | undefined;
}

/**
 * A file as GLUE's server takes it: the rows' numbers and predictions, between tabs, under a header. Classes are numbers,
 * or of the inference tasks their names; of STS-B numbers within 0 and 5.
 * @throws EXPORT_UNFAITHFUL where a class is none of the benchmark's
 */
export function glueSubmission(
  task: GlueName,
  { labels }: Pick<GlueSubmission, 'labels'>,
  rows: readonly SubmittedRow[],
): string {
  const { labels: names } = glueTasks[task];
  const spelled = (prediction: Json | undefined): string => {
    if (names === null) return score(prediction);
    const number = names.findIndex((name) => name === prediction);
    const name = names[number];
    if (name === undefined) throw notOfBenchmark(task, prediction, names);
    return labels === 'names' ? name : String(number);
  };
  return ['index\tprediction', ...rows.map(({ index, prediction }) => `${index}\t${spelled(prediction)}`), ''].join(
    '\n',
  );
}

function score(prediction: Json | undefined): string {
  if (typeof prediction !== 'number') throw new TypeError('a regression predicts numbers');
  return Math.min(5, Math.max(0, prediction)).toFixed(3);
}

function notOfBenchmark(task: GlueName, got: Json | undefined, names: readonly string[]): DropsweepError {
  return new DropsweepError('EXPORT_UNFAITHFUL', `the sweep predicts a class that ${task} has not`, {
    where: 'export --format glue',
    got: got ?? 'nothing',
    expected: `one of ${names.join(', ')}`,
    fix: 'leave task.labels out',
  });
}
