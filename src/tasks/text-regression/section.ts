import { valueScores } from '../../metrics/forms/scored-set.ts';
import type { TaskSection } from '../../sweep/file/task-section.ts';
import { textColumns } from '../text-rows.ts';

export const section: TaskSection = {
  kind: 'text-regression',
  form: valueScores.name,
  glueLabels: 'numbers',
  objectives: ['pearson', 'loss'],
  columns: textColumns,
  sentence: 'A number for each text, or pair of texts',
  fields: [],
  read(fields) {
    const labels = fields.field('labels');
    if (labels !== null)
      fields.reading.report(labels.node, labels.name, 'a regression has no labels; take the line out');
    return {};
  },
};
