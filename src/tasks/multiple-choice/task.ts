import type { Task } from '../task.ts';
import { cutRemarks } from './cut.ts';
import { encode, outline } from './encode.ts';
import { objective } from './objective.ts';
import { predictions } from './predictions.ts';
import { published } from './published.ts';
import { rows } from './rows.ts';
import { scores } from './scores.ts';
import { section } from './section.ts';
import { settle } from './settle.ts';

/** One of several choices, by the likelihood of its letter. */
export const multipleChoice: Task = {
  section,
  recordedAs: 'multiple-choice',
  rows,
  settle,
  encode,
  cutRemarks,
  outline,
  objective,
  scores,
  predictions,
  columns: ['accuracy', 'macro_accuracy', 'ece', 'loss'],
  lossHeading: 'NLL',
  published,
};
