import type { Task } from '../task.ts';
import { encodeTexts, outlineTexts } from '../text-rows.ts';
import { objective } from './objective.ts';
import { predictions } from './predictions.ts';
import { published } from './published.ts';
import { rows } from './rows.ts';
import { scores } from './scores.ts';
import { section } from './section.ts';

/** A number for each text, or pair of texts. */
export const textRegression: Task = {
  section,
  recordedAs: 'regression',
  rows,
  encode: encodeTexts,
  outline: outlineTexts,
  objective,
  scores,
  predictions,
  columns: ['loss'],
  lossHeading: 'MSE',
  published,
};
