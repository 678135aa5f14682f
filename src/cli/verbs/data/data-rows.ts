import type { SweepDataReport } from '../../../launch/data/describe-sweep-data.ts';
import { hiddenColumn } from '../../../report/tables/hidden-column.ts';
import type { Report } from '../../../report/tables/render-report.ts';
import { taskOf } from '../../../tasks/tasks.ts';

type SplitRow = SweepDataReport['splits'][number] & {
  readonly maxLength: number;
  readonly shared: number | null;
  /** Rows that are too long are read in windows. */
  readonly inWindows: boolean;
};

/** A description of a sweep's rows, for programs: a row for each split and further set. */
export function dataRows(sweep: string, report: SweepDataReport): Report<SplitRow> {
  const names = new Map<SplitRow, readonly string[]>();
  const all = [
    ...report.splits.map((split) => ({ ...split, task: report.task, maxLength: report.maxLength })),
    ...report.sets,
  ].map(({ task, ...split }): SplitRow => {
    const shared = report.overlaps.find((overlap) => overlap.split === split.name)?.rows ?? null;
    const row = { ...split, shared, inWindows: taskOf(task).rows.inWindows === true };
    names.set(row, task.label_names);
    return row;
  });
  const at = ({ lengths }: SplitRow, share: number): number | null =>
    lengths?.[Math.floor(share * (lengths.length - 1))] ?? null;
  return {
    columns: [
      hiddenColumn('rows_of', ({ name }) => name),
      hiddenColumn('rows', ({ rows }) => rows),
      hiddenColumn('duplicates', ({ duplicates }) => duplicates),
      hiddenColumn('empty', ({ empty }) => empty),
      hiddenColumn('also_in_train', ({ shared }) => shared),
      hiddenColumn('classes', (row) =>
        row.classes === null
          ? null
          : Object.fromEntries((names.get(row) ?? []).map((name, label) => [name, row.classes?.[label] ?? 0])),
      ),
      hiddenColumn('tokens_least', (row) => at(row, 0)),
      hiddenColumn('tokens_median', (row) => at(row, 0.5)),
      hiddenColumn('tokens_most', (row) => at(row, 1)),
      hiddenColumn('cut_share', (row) => (row.inWindows ? 0 : longShare(row))),
      hiddenColumn('long_share', longShare),
    ],
    rows: all,
    facts: {
      sweep,
      task: taskOf(report.task).section.kind,
      warnings: [...report.warnings],
      remarks: [...report.remarks],
      examples: [...report.examples],
    },
    before: [],
    after: [],
  };
}

/** Of the rows, those beyond max_length; null: they were not tokenised. */
function longShare({ lengths, maxLength }: SplitRow): number | null {
  if (lengths === null || lengths.length === 0) return null;
  return lengths.filter((length) => length > maxLength).length / lengths.length;
}
