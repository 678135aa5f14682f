import { formatCount } from '../../base/format-count.ts';
import { tableOfReport } from '../document/table-of-report.ts';
import { trialsReport } from '../tables/trials-report.ts';
import type { ReportSection } from './section.ts';

export const trialsSection: ReportSection = {
  name: 'trials',
  heading: 'All trials',
  build({ snapshot }) {
    const report = trialsReport(snapshot);
    return [
      tableOfReport(report, {
        name: 'trials',
        caption: `The ${formatCount(report.rows.length, 'trial')} of ${snapshot.name}`,
        searchable: true,
      }),
    ];
  },
};
