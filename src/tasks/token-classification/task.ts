import type { Task } from '../task.ts';
import { encode } from './encode.ts';
import { objective } from './objective.ts';
import { predictions } from './predictions.ts';
import { published } from './published.ts';
import { rows } from './rows.ts';
import { scores } from './scores.ts';
import { section } from './section.ts';

/** A tag for each word of a sentence: entities. */
export const tokenClassification: Task = {
  section,
  recordedAs: 'token-classification',
  rows,
  encode,
  hasWindows: true,
  objective,
  scores,
  predictions,
  columns: ['entity_f1', 'loss'],
  lossHeading: 'NLL',
  published,
};
