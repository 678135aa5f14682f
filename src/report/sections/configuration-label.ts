import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { fieldHeading } from '../../sweep/training-fields.ts';
import type { ConfiguredRow } from '../tables/score-columns.ts';
import { variedColumns } from '../comparing/varied-columns.ts';

/** Names of configurations in sentences and legends: the settings that the sweep varies, `p 0.25, N 2, M 4`. */
export function configurationLabels(snapshot: SweepSnapshot): (row: ConfiguredRow) => string {
  const varied = variedColumns(snapshot);
  return (row) => {
    const parts = varied.map((column) => column.said?.(row) ?? `${column.heading} ${column.text(row)}`);
    return parts.length === 0 ? `${fieldHeading('dropout_rate')} ${row.training.dropout_rate}` : parts.join(', ');
  };
}
