import type { PublishedTask } from '../task.ts';
import { published as oneClass } from '../text-classification/published.ts';

export const published: PublishedTask = {
  ...oneClass,
  config: (shape) => ({ ...oneClass.config(shape), problem_type: 'multi_label_classification' }),
};
