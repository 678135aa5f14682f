import { unary } from '../../onnx/operators.ts';
import type { PublishedTask } from '../task.ts';
import { published as oneClass } from '../text-classification/published.ts';

export const published: PublishedTask = {
  ...oneClass,
  probabilities: (b, logits) => unary(b, 'Sigmoid', logits),
  config: (shape) => ({ ...oneClass.config(shape), problem_type: 'multi_label_classification' }),
};
