import type { PublishedTask } from '../task.ts';

export const published: PublishedTask = {
  peftType: 'SEQ_CLS',
  transformersHead: 'SequenceClassification',
  pipeline: 'text-classification',
  probabilities: (_b, predictions) => predictions,
  config: () => ({ problem_type: 'regression', id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } }),
};
