import type { Task } from '../task.ts';
import { encodePairs } from '../text-rows.ts';
import { objective } from './objective.ts';
import { predictions } from './predictions.ts';
import { published } from './published.ts';
import { rows, thawSet } from './rows.ts';
import { scores } from './scores.ts';
import { section } from './section.ts';

/** Any number of labels for each text, or pair of texts. */
export const multiLabelClassification: Task = {
  section,
  recordedAs: 'multi-label-classification',
  rows,
  encode(frozen, request) {
    const texts = frozen.map(thawSet);
    const names = request.shape.label_names;
    const labels = texts.map((text) => names.map((_, label) => (text.labels.includes(label) ? 1 : 0)));
    return encodePairs({ rows: frozen, texts, labels }, request);
  },
  objective,
  scores,
  predictions,
  columns: ['micro_f1', 'macro_f1', 'loss'],
  lossHeading: 'BCE',
  published,
};
