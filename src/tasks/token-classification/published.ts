import type { PublishedTask } from '../task.ts';

export const published: PublishedTask = {
  peftType: 'TOKEN_CLS',
  transformersHead: 'TokenClassification',
  config: ({ label_names: names }) => ({
    id2label: Object.fromEntries(names.map((name, label) => [label, name])),
    label2id: Object.fromEntries(names.map((name, label) => [name, label])),
  }),
};
