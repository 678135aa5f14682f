import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { configurationColumns, type ConfiguredRow } from '../tables/score-columns.ts';
import type { ReportColumn } from '../tables/report-column.ts';

type VariedColumn = ReportColumn<ConfiguredRow> & { readonly heading: string };

/** The settings in which a sweep's trials differ, besides the seed. */
export function variedColumns(snapshot: SweepSnapshot): readonly VariedColumn[] {
  const rows = snapshot.trials.map(({ configuration, evaluation }) => ({ training: configuration, evaluation }));
  return configurationColumns(snapshot, rows).flatMap((column) => {
    const { heading } = column;
    const values = new Set(rows.map((row) => column.text(row)));
    return heading === null || values.size < 2 ? [] : [{ ...column, heading }];
  });
}
