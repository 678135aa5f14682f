import { classScores } from '../../metrics/scored-set.ts';
import { readClassWeights, readLabels } from '../../sweep/file/read-labels.ts';
import type { TaskSection } from '../../sweep/file/task-section.ts';
import { labelsField, textColumns } from '../text-rows.ts';

export const section: TaskSection = {
  kind: 'text-classification',
  form: classScores.name,
  objectives: ['accuracy', 'ece'],
  columns: textColumns.map((column) => (column.name === 'label' ? { ...column, classes: true } : column)),
  sentence: 'One class of several for each text, or pair of texts',
  fields: [
    labelsField,
    {
      name: 'class_weights',
      expected: 'balanced, or numbers above 0 by the name of a class',
      sentence:
        'What a row of a class counts in the training loss: balanced, rows / (classes × rows of the class); by name, the others 1. The loss stays a mean over rows',
    },
  ],
  read(fields) {
    const labels = readLabels(fields);
    const weights = readClassWeights(fields) ?? null;
    return {
      ...(labels === null ? {} : { labels }),
      ...(weights === null ? {} : { encoding: { class_weights: weights } }),
    };
  },
};
