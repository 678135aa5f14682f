import type { EncodedInput } from '../../src/data/encoded-rows.ts';
import { averageMembers } from '../../src/evaluate/evaluate-outputs.ts';
import type { MemberOutputs } from '../../src/evaluate/evaluate-outputs.ts';
import { equalRows } from '../../src/sweep/output-rows.ts';
import type { TaskShape } from '../../src/sweep/vocabulary.ts';
import type { Aggregate } from '../../src/tasks/task.ts';
import { taskOf } from '../../src/tasks/tasks.ts';

export function classShape(names: readonly string[]): TaskShape {
  return { kind: 'classification', label_names: names };
}

export const regressionShape: TaskShape = { kind: 'regression', label_names: [] };

/** Members' outputs of rows that nobody tokenised. @param members [M] of [rows, outputs] */
export function evaluatedRows(
  shape: TaskShape,
  members: readonly Float32Array[],
  labels: readonly number[],
): MemberOutputs {
  const inputs = labels.map(
    (label, row): EncodedInput => ({ ids: Int32Array.of(), typeIds: Uint8Array.of(), labels: [label], row }),
  );
  return {
    members: members.map((member) => equalRows(member, labels.length)),
    rows: { shape, rows: labels.map((label) => ({ text: 'a row', label })), inputs },
  };
}

/** What an ensemble of classifications gives. @param members [M] of [rows, classes] */
export function averagedClasses(
  members: readonly Float32Array[],
  classes: number,
  aggregate: Aggregate = 'logits',
): Float64Array {
  const shape = classShape(Array.from({ length: classes }, (_, index) => `${index}`));
  const { scores } = taskOf(shape);
  const rows = (members[0]?.length ?? 0) / classes;
  return averageMembers(members.map((member) => scores.averaged(equalRows(member, rows), aggregate, shape))).values;
}
