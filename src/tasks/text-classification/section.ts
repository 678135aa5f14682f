import { classScores } from '../../metrics/scored-set.ts';
import { readLabels } from '../../sweep/read-labels.ts';
import type { TaskSection } from '../../sweep/task-section.ts';
import { textColumns } from '../text-rows.ts';

export const section: TaskSection = {
  kind: 'text-classification',
  form: classScores.name,
  objectives: ['accuracy', 'ece'],
  columns: textColumns,
  fields: ['labels'],
  read(fields) {
    const labels = readLabels(fields);
    return labels === null ? {} : { labels };
  },
};
