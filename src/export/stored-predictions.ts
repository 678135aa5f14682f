import { DropsweepError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import { thawRows } from '../data/frozen-rows.ts';
import { openTokenizer } from '../data/tokens/open-tokenizer.ts';
import { averageMembers } from '../evaluate/evaluate-outputs.ts';
import type { StoredEvaluation } from '../store/views/stored-evaluation.ts';
import type { MemberPredictions } from './predict-members.ts';
import { taskOf } from '../tasks/tasks.ts';

/**
 * Outputs of an evaluation's members for each of its rows, as they are stored: nothing is run again.
 * @param place the base's folder or ONNX file, for its tokenizer
 * @throws EXPORT_UNFAITHFUL where that is not what was measured
 */
export async function storedPredictions(
  { specification, configuration, dataset, members, predictionsSha256 }: StoredEvaluation,
  place: string,
): Promise<MemberPredictions> {
  const { task: shape = specification.task, max_length: maxLength = specification.configuration.max_length } =
    configuration;
  const task = taskOf(shape);
  const rows = thawRows(dataset.content, dataset.hash);
  const encoded = await task.encode(rows, { shape, ...openTokenizer(place), maxLength });
  const { aggregate, judging } = configuration;
  const mean = averageMembers(members.map((member) => task.scores.averaged(member, aggregate, shape)));
  const found = sha256(new Uint8Array(mean.values.buffer, mean.values.byteOffset, mean.values.byteLength));
  if (found !== predictionsSha256) {
    throw new DropsweepError('EXPORT_UNFAITHFUL', 'the stored outputs are not those that were measured', {
      where: 'export --predictions',
      got: found,
      expected: predictionsSha256,
    });
  }
  return { members, evaluated: { ...encoded, shape, ...(judging === undefined ? {} : { judging }) } };
}
