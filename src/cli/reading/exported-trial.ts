import type { ExportedTrial } from '../../export/exported-trial.ts';
import { publishedData } from '../../export/models/published-data.ts';
import { openEncoder } from '../../models/open-encoder.ts';
import { readSweepProvenance } from '../../store/views/sweep-list.ts';
import { readSpecification } from '../../store/views/sweep-reader.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { resolveModelFolder } from '../../worker/files/resolve-model-folder.ts';
import type { OpenRecord } from '../../launch/open-record.ts';
import { trainedTrial } from './trained-trial.ts';

/** @throws USAGE where there is nothing trained; MODEL_NOT_FOUND; CHECKPOINT_INVALID */
export async function exportedTrial(
  record: OpenRecord,
  snapshot: SweepSnapshot,
  number: number,
): Promise<ExportedTrial> {
  const { trial, checkpoint } = await trainedTrial(record, snapshot, number);
  const specification = await readSpecification(record.store, trial.trainingId);
  const place = await resolveModelFolder(specification.base);
  const { launchedBy } = await readSweepProvenance(record.store, snapshot.name);
  const data = publishedData(snapshot.definition.task.data, trial.evaluation.split);
  return {
    sweep: snapshot.name,
    trial,
    specification,
    checkpoint,
    place,
    opened: openEncoder(place),
    data,
    launchedBy,
    launchedAt: snapshot.createdAt,
  };
}
