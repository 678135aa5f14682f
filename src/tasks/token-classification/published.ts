import { softmax } from '../../onnx/operators.ts';
import type { PublishedTask } from '../task.ts';

export const published: PublishedTask = {
  peftType: 'TOKEN_CLS',
  transformersHead: 'TokenClassification',
  pipeline: 'token-classification',
  probabilities: (b, logits) => softmax(b, logits, 'Softmax'),
  config: ({ label_names: names }) => ({
    id2label: Object.fromEntries(names.map((name, label) => [label, name])),
    label2id: Object.fromEntries(names.map((name, label) => [name, label])),
  }),
};
