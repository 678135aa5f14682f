import type { TaskSection } from '../../sweep/task-section.ts';

export const section: TaskSection = {
  kind: 'text-regression',
  objectives: ['pearson', 'loss'],
  fields: ['labels'],
  read(fields) {
    const labels = fields.field('labels');
    if (labels !== null)
      fields.reading.report(labels.node, labels.name, 'a regression has no labels; take the line out');
    return {};
  },
};
