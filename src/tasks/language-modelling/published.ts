import { softmax } from '../../onnx/operators.ts';
import type { PublishedTask } from '../task.ts';

export const published: PublishedTask = {
  peftType: 'CAUSAL_LM',
  transformersHead: 'CausalLM',
  pipeline: 'text-generation',
  head: { of: 'vocabulary' },
  probabilities: (b, logits) => softmax(b, logits, 'Softmax'),
  config: () => ({}),
};
