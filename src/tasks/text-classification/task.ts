import type { Task } from '../task.ts';
import { encodeTexts, outlineTexts } from '../text-rows.ts';
import { objective } from './objective.ts';
import { predictions } from './predictions.ts';
import { published } from './published.ts';
import { rows } from './rows.ts';
import { scores } from './scores.ts';
import { section } from './section.ts';

/** One class of several for each text, or pair of texts. */
export const textClassification: Task = {
  section,
  recordedAs: 'classification',
  rows,
  encode: encodeTexts,
  outline: outlineTexts,
  objective,
  scores,
  predictions,
  columns: ['accuracy', 'ece', 'loss'],
  lossHeading: 'NLL',
  published,
};
