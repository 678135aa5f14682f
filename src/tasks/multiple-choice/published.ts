import type { PublishedTask } from '../task.ts';

/** A graph of inference gives what each letter scores; which of them a question has, whoever asks knows. */
export const published: PublishedTask = {
  peftType: 'CAUSAL_LM',
  transformersHead: 'CausalLM',
  probabilities: null,
  config: () => ({}),
};
