import { tagScores } from '../../metrics/entity-f1.ts';
import type { TaskSection } from '../../sweep/file/task-section.ts';
import { labelsField, readLabels } from '../labels-field.ts';

export const section: TaskSection = {
  kind: 'token-classification',
  form: tagScores.name,
  objectives: ['entity_f1', 'loss'],
  columns: [
    { name: 'tokens', otherwise: 'tokens', holds: 'the words of a sentence' },
    { name: 'tags', otherwise: 'tags', holds: 'the tag of each word' },
  ],
  formats: ['.conll', '.bio', '.iob', '.iob2'].map((extension) => ({ name: 'conll', extension })),
  sentence: 'A tag for each word of a sentence, such as the names in it (CoNLL)',
  fields: [labelsField],
  read(fields) {
    const labels = readLabels(fields);
    return labels === null ? {} : { labels };
  },
};
