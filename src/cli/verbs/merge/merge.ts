import { readTrialSnapshot } from '../../../store/views/trial-snapshot.ts';
import { writeMergedModel } from '../../../export/write-merged-model.ts';
import { writePortableModel } from '../../../export/write-portable-model.ts';
import { type CliContext, note, progressOf } from '../../cli-context.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import { demandFree } from '../../reading/demand-free.ts';
import { exportedTrial } from '../../reading/exported-trial.ts';
import { withRecord } from '../../../launch/open-record.ts';

export interface MergeFlags {
  readonly trial: number;
  readonly format: 'transformers' | 'onnx';
  readonly out: string;
  readonly force: boolean;
}

const writers = { transformers: writeMergedModel, onnx: writePortableModel } as const;

/** Writes a trial's adapter and its base as one model, for transformers or as one ONNX file. */
export async function merge(this: CliContext, flags: MergeFlags, sweep?: string): Promise<void> {
  demandFree(flags.out, flags.force);
  await withRecord(async (record) => {
    const snapshot = await readTrialSnapshot(record.store, await chooseSweep(record.store, sweep), flags.trial);
    const progress = progressOf(this);
    progress('writing the model', null);
    const exported = await exportedTrial(record, snapshot, flags.trial);
    const { files, notes } = await writers[flags.format](exported, flags.out, (done, of) =>
      progress('writing the model', { done, of, unit: 'B' }),
    );
    note(this, `Wrote trial ${flags.trial} and its base as one model to ${flags.out}: ${files.join(', ')}`);
    for (const sentence of notes) note(this, sentence);
  });
}
