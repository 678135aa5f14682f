import type { Json } from '../../base/canonical-json.ts';
import { averageMembers } from '../../evaluate/evaluate-outputs.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import type { Aggregate, EvaluatedRows, PredictionRecord } from '../../tasks/task.ts';
import { nameOfRow } from '../../tasks/row-name.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { MemberPredictions } from './predict-members.ts';

/** Characters of a row's text that stand for it. */
const excerptLength = 80;

interface RecordOptions {
  readonly aggregate: Aggregate;
  /** Whether each member's outputs are told too. */
  readonly withMembers: boolean;
}

/** Predictions of the members together, a record for each row, with its name where it has one and the beginning of its text. */
export function predictionRecords(
  { members, evaluated }: MemberPredictions,
  { aggregate, withMembers }: RecordOptions,
): readonly PredictionRecord[] {
  const { rows: taskRows } = taskOf(evaluated.shape);
  const outputs = withMembers ? outputsByRow(members, evaluated) : null;
  const names = evaluated.rows.map(nameOfRow);
  const areNamed = names.some((name) => name !== null);
  return averaged(members, evaluated, aggregate).map((record, row) => ({
    ...(areNamed ? { id: names[row] ?? null } : {}),
    ...record,
    text: excerpt(taskRows.content(evaluated.rows[row] ?? {})),
    ...(outputs === null ? {} : { members: outputs[row] ?? [] }),
  }));
}

/**
 * The same of rows without labels, with how far the members disagree: of numbers the standard deviation, else the share
 * of members that predict something else than all together; none where there is one member.
 */
export function unseenRecords(predictions: MemberPredictions, options: RecordOptions): readonly PredictionRecord[] {
  const { members, evaluated } = predictions;
  const { reference, predicted } = taskOf(evaluated.shape).predictions;
  const apart =
    predicted === undefined || members.length < 2
      ? null
      : members.map((member) => averaged([member], evaluated, options.aggregate).map((record) => record[predicted]));
  return predictionRecords(predictions, options).map((record, row) => {
    const { text, members: outputs, ...own } = record;
    const kept = Object.fromEntries(Object.entries(own).filter(([name]) => name !== reference));
    const foretold = apart?.map((member) => member[row] ?? null);
    return {
      ...kept,
      ...(foretold === undefined || predicted === undefined
        ? {}
        : { disagreement: disagreement(foretold, own[predicted] ?? null) }),
      ...(text === undefined ? {} : { text }),
      ...(outputs === undefined ? {} : { members: outputs }),
    };
  });
}

function averaged(
  members: readonly OutputRows[],
  evaluated: EvaluatedRows,
  aggregate: Aggregate,
): readonly PredictionRecord[] {
  const { scores, predictions } = taskOf(evaluated.shape);
  const mean = averageMembers(members.map((member) => scores.averaged(member, aggregate, evaluated.shape)));
  return predictions.of(mean, evaluated, aggregate);
}

function disagreement(members: readonly Json[], together: Json): number {
  const numbers = members.filter((value) => typeof value === 'number');
  if (numbers.length === members.length) {
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length);
  }
  const wanted = JSON.stringify(together);
  return members.filter((value) => JSON.stringify(value) !== wanted).length / members.length;
}

/** Each row's outputs, of each member those of all its inputs one after another. */
function outputsByRow(
  members: readonly OutputRows[],
  { rows, inputs }: EvaluatedRows,
): readonly (readonly (readonly number[])[])[] {
  const byRow = rows.map(() => members.map((): number[] => []));
  for (const [input, { row }] of inputs.entries()) {
    for (const [member, { values, offsets }] of members.entries())
      byRow[row]?.[member]?.push(...values.subarray(offsets[input], offsets[input + 1]));
  }
  return byRow;
}

function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const points = Array.from(line);
  return points.length > excerptLength ? `${points.slice(0, excerptLength - 1).join('')}…` : line;
}
