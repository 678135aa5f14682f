import type { Task } from '../task.ts';
import { cutRemarks } from './cut.ts';
import { encode } from './encode.ts';
import { generation } from './generation.ts';
import { objective } from './objective.ts';
import { predictions } from './predictions.ts';
import { published } from './published.ts';
import { rows } from './rows.ts';
import { scores } from './scores.ts';
import { section } from './section.ts';
import { settle } from './settle.ts';

/** Answers to instructions, word after word. */
export const languageModelling: Task = {
  section,
  recordedAs: 'language-modelling',
  rows,
  settle,
  encode,
  cutRemarks,
  hasWindows: true,
  objective,
  scores,
  predictions,
  generation,
  columns: ['perplexity', 'loss'],
  lossHeading: 'NLL',
  published,
};
