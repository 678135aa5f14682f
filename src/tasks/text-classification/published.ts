import { softmax } from '../../onnx/operators.ts';
import type { PublishedTask } from '../task.ts';

export const published: PublishedTask = {
  peftType: 'SEQ_CLS',
  transformersHead: 'SequenceClassification',
  pipeline: 'text-classification',
  probabilities: (b, logits) => softmax(b, logits, 'Softmax'),
  config: ({ label_names: names }) => ({
    problem_type: 'single_label_classification',
    id2label: Object.fromEntries(names.map((name, label) => [label, name])),
    label2id: Object.fromEntries(names.map((name, label) => [name, label])),
  }),
};
