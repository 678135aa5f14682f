import { readTrialSnapshot } from '../../../store/views/trials/trial-snapshot.ts';
import { writeMergedModel } from '../../../export/models/write-merged-model.ts';
import { writePortableModel } from '../../../export/models/write-portable-model.ts';
import { type CliContext, progressOf } from '../../cli-context.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { demandFree } from '../../reading/demand-free.ts';
import { exportedTrial } from '../../reading/exported-trial.ts';
import { withRecord } from '../../../launch/open-record.ts';

export interface MergeFlags extends FormatFlags {
  readonly trial: number;
  readonly as: 'transformers' | 'onnx';
  readonly out: string;
  readonly force: boolean;
}

const writers = { transformers: writeMergedModel, onnx: writePortableModel } as const;

/** Writes a trial's adapter and its base as one model, for transformers or as one ONNX file. */
export async function merge(this: CliContext, flags: MergeFlags, sweep?: string): Promise<void> {
  const { as, out, trial } = flags;
  demandFree(out, flags.force);
  await withRecord(async (record) => {
    const snapshot = await readTrialSnapshot(record.store, await chooseSweep(record.store, sweep), trial);
    const progress = progressOf(this);
    progress('writing the model', null);
    const exported = await exportedTrial(record, snapshot, trial);
    const { files, notes } = await writers[as](exported, out, (done, of) =>
      progress('writing the model', { done, of, unit: 'B' }),
    );
    const text = [`Wrote trial ${trial} and its base as one model to ${out}: ${files.join(', ')}`, ...notes].join('\n');
    sayOutcome(this, flags.format, { sweep: snapshot.name, trial, as, folder: out, files, notes, text });
  });
}
