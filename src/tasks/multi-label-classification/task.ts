import type { TaskShape } from '../../sweep/vocabulary.ts';
import type { Task } from '../task.ts';
import { encodePairs, outlined } from '../text-rows.ts';
import { objective } from './objective.ts';
import { predictions } from './predictions.ts';
import { published } from './published.ts';
import { type LabelledSet, rows, thawSet } from './rows.ts';
import { scores } from './scores.ts';
import { section } from './section.ts';

/** Any number of labels for each text, or pair of texts. */
export const multiLabelClassification: Task = {
  section,
  recordedAs: 'multi-label-classification',
  rows,
  encode(frozen, request) {
    const texts = frozen.map(thawSet);
    const labels = texts.map((text) => setColumns(text, request.shape));
    return encodePairs({ rows: frozen, texts, labels }, request);
  },
  outline: (frozen, shape) => outlined(frozen, (row) => ({ labels: setColumns(thawSet(row), shape) })),
  objective,
  scores,
  predictions,
  columns: ['micro_f1', 'macro_f1', 'loss'],
  lossHeading: 'BCE',
  published,
};

/** 1 for each label that is set, else 0. */
function setColumns({ labels }: LabelledSet, { label_names: names }: TaskShape): number[] {
  return names.map((_, label) => (labels.includes(label) ? 1 : 0));
}
