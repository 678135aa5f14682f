import { readLabels } from '../../sweep/read-labels.ts';
import type { TaskSection } from '../../sweep/task-section.ts';

export const section: TaskSection = {
  kind: 'text-classification',
  objectives: ['accuracy', 'ece'],
  fields: ['labels'],
  read(fields) {
    const labels = readLabels(fields);
    return labels === null ? {} : { labels };
  },
};
