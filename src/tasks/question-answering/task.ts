import type { Task } from '../task.ts';
import { cutRemarks } from './cut.ts';
import { encode } from './encode.ts';
import { objective } from './objective.ts';
import { predictions } from './predictions.ts';
import { published } from './published.ts';
import { rows } from './rows.ts';
import { scores } from './scores.ts';
import { section } from './section.ts';

/** An answer to each question, cut from the text that it is asked about; or none. */
export const questionAnswering: Task = {
  section,
  recordedAs: 'question-answering',
  rows,
  encode,
  cutRemarks,
  hasWindows: true,
  objective,
  scores,
  predictions,
  columns: ['answer_f1', 'exact_match', 'loss'],
  lossHeading: 'NLL',
  published,
};
