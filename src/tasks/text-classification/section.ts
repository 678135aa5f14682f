import { classScores } from '../../metrics/forms/scored-set.ts';
import type { TaskSection } from '../../sweep/file/task-section.ts';
import { labelsField, readLabels } from '../labels-field.ts';
import { textColumns } from '../text-rows.ts';
import { classWeightsField, readClassWeights } from './class-weights-field.ts';

export const section: TaskSection = {
  kind: 'text-classification',
  form: classScores.name,
  glueLabels: 'names',
  objectives: ['accuracy', 'ece'],
  columns: textColumns.map((column) => (column.name === 'label' ? { ...column, classes: true } : column)),
  sentence: 'One class of several for each text, or pair of texts',
  fields: [labelsField, classWeightsField],
  read(fields) {
    const labels = readLabels(fields);
    const weights = readClassWeights(fields) ?? null;
    return {
      ...(labels === null ? {} : { labels }),
      ...(weights === null ? {} : { settings: { class_weights: weights } }),
    };
  },
};
