import { DropsweepError } from '../../base/errors.ts';
import type { EvaluationSplit } from '../../sweep/vocabulary.ts';
import type { Store } from '../database/open-store.ts';

/** Rows as they were frozen. */
export interface SplitRows {
  readonly hash: string;
  readonly content: Buffer;
}

/** The rows of a sweep's split. @throws USAGE where it has none */
export async function readSplitRows(
  store: Store,
  sweepId: string,
  split: EvaluationSplit | 'train',
): Promise<SplitRows> {
  const { inputs } = await store.db
    .selectFrom('sweeps')
    .select('inputs')
    .where('id', '=', sweepId)
    .executeTakeFirstOrThrow();
  const reference = inputs[split];
  if (reference === null) {
    throw new DropsweepError('USAGE', `the sweep has no ${split} rows`, {
      where: '--split',
      got: split,
      expected: 'dev or train',
      fix: 'name rows in task.data.test, or give them to dropsweep predict',
    });
  }
  const { content } = await store.db
    .selectFrom('datasets')
    .select('content')
    .where('hash', '=', reference.hash)
    .executeTakeFirstOrThrow();
  return { hash: reference.hash, content };
}
