import { labelSetScores } from '../../metrics/forms/scored-set.ts';
import type { TaskSection } from '../../sweep/file/task-section.ts';
import { labelsField, readLabels } from '../labels-field.ts';
import { textColumns } from '../text-rows.ts';

export const section: TaskSection = {
  kind: 'multi-label-classification',
  form: labelSetScores.name,
  objectives: ['micro_f1', 'loss'],
  columns: textColumns.map((column) =>
    column.name === 'label'
      ? { ...column, several: true, holds: 'the labels, or a list of columns of 0 and 1' }
      : column,
  ),
  sentence:
    'Any number of labels for each text, or pair of texts; predicted are those whose probability (a sigmoid of its own for each) is above 0.5',
  fields: [labelsField],
  read(fields) {
    const labels = readLabels(fields);
    return labels === null ? {} : { labels };
  },
};
