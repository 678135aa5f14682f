import { softmax } from '../../onnx/operators.ts';
import type { PublishedTask } from '../task.ts';

export const published: PublishedTask = {
  peftType: 'CAUSAL_LM',
  transformersHead: 'CausalLM',
  head: { of: 'vocabulary' },
  probabilities: (b, logits) => softmax(b, logits, 'Softmax'),
  config: () => ({}),
};
