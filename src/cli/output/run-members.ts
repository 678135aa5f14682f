import { availableParallelism } from 'node:os';
import type { ExportedTrial } from '../../export/exported-trial.ts';
import type { MemberPredictions } from '../../export/predictions/predict-members.ts';
import type { Progress } from '../../base/progress.ts';
import type { RowResponse } from '../../export/predictions/row-responses.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';

/** A trained trial's members over rows, in this process: what runs them is loaded by those verbs alone that do. */
export async function runMembers(
  exported: ExportedTrial,
  rows: readonly FrozenRow[],
  progress: Progress,
): Promise<MemberPredictions> {
  const { predictMembers } = await import('../../export/predictions/predict-members.ts');
  return predictMembers(exported, rows, { environment: process.env, threads: availableParallelism(), progress });
}

/** What a trial of a language model says to each row, likewise. */
export async function answerRows(
  exported: ExportedTrial,
  rows: readonly FrozenRow[],
  options: { readonly most: number; readonly progress: Progress },
): Promise<readonly RowResponse[]> {
  const { rowResponses } = await import('../../export/predictions/row-responses.ts');
  return rowResponses(exported, rows, options);
}
