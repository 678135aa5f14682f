import type { PublishedTask } from '../task.ts';

export const published: PublishedTask = {
  peftType: 'QUESTION_ANS',
  transformersHead: 'QuestionAnswering',
  pipeline: 'question-answering',
  probabilities: null,
  config: () => ({}),
};
