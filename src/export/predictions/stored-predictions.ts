import { formatCount } from '../../base/format-count.ts';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { thawRows } from '../../data/frozen-rows.ts';
import { openTokenizer } from '../../data/tokens/open-tokenizer.ts';
import { averageMembers } from '../../evaluate/evaluate-outputs.ts';
import type { StoredEvaluation } from '../../store/views/stored-evaluation.ts';
import { rowCount } from '../../sweep/output-rows.ts';
import type { MemberPredictions } from './predict-members.ts';
import { taskOf } from '../../tasks/tasks.ts';
import { areOutputsOf } from '../../train/segments/forward-rows.ts';

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
  const evaluated = { ...encoded, shape, ...(judging === undefined ? {} : { judging }) };
  if (!areOutputsOf(evaluated, members)) {
    throw new DropsweepError('EXPORT_UNFAITHFUL', 'the rows were made other inputs of when they were measured', {
      where: 'export --predictions',
      got: `${formatCount(encoded.inputs.length, 'input')} of ${formatCount(rows.length, 'row')}`,
      expected: `${formatCount(rowCount(members[0] ?? { offsets: Uint32Array.of(0) }), 'input')}, each of as many outputs as are stored`,
      fix: 'export them by the version of dropsweep that measured them, or launch the sweep under a new name',
    });
  }
  const mean = averageMembers(members.map((member) => task.scores.averaged(member, aggregate, shape)));
  const found = sha256(new Uint8Array(mean.values.buffer, mean.values.byteOffset, mean.values.byteLength));
  if (found !== predictionsSha256) {
    throw new DropsweepError('EXPORT_UNFAITHFUL', 'the stored outputs are not those that were measured', {
      where: 'export --predictions',
      got: found,
      expected: predictionsSha256,
    });
  }
  return { members, evaluated };
}
