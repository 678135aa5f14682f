import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { isOnnxFile } from '../../base/model-place.ts';
import { writeSafetensors } from '../../formats/write-safetensors.ts';
import { openEncoder } from '../../models/open-encoder.ts';
import { mergedModel } from '../../report/merge-adapter.ts';
import { readSpecification } from '../../store/sweep-reader.ts';
import { resolveModelFolder } from '../../worker/resolve-model-folder.ts';
import { type CliContext, note } from '../cli-context.ts';
import { withRecord } from '../open-record.ts';
import { readWholeSweep } from '../read-report.ts';
import { trainedTrial } from '../trained-trial.ts';

interface MergeFlags {
  readonly trial: number;
  readonly out: string;
}

/** Writes a trial's adapter and its base as one model: config.json, tokenizer.json, model.safetensors. */
export async function merge(this: CliContext, flags: MergeFlags, sweep?: string): Promise<void> {
  await withRecord(async (record) => {
    const snapshot = await readWholeSweep(record.store, sweep);
    const { trial, checkpoint } = await trainedTrial(record, snapshot, flags.trial);
    const { base, task } = await readSpecification(record.store, trial.trainingId);
    const folder = await resolveModelFolder(base);
    if (isOnnxFile(folder)) throw notMergeable(folder);
    const config = await readConfig(join(folder, 'config.json'));
    const merged = mergedModel(openEncoder(folder), checkpoint, trial, String(config['model_type']), task.label_names);
    await mkdir(flags.out, { recursive: true });
    await writeFile(join(flags.out, 'model.safetensors'), writeSafetensors([...merged.tensors()], { format: 'pt' }));
    await writeFile(join(flags.out, 'config.json'), `${JSON.stringify({ ...config, ...merged.config }, null, 2)}\n`);
    await copyFile(join(folder, 'tokenizer.json'), join(flags.out, 'tokenizer.json'));
    note(this, `Wrote trial ${flags.trial} and its base as one model to ${flags.out}.`);
    if (merged.updateScale !== 1) {
      note(this, `The update is multiplied by ${merged.updateScale}, (1 − p)²: the expected one, without masks.`);
    }
  });
}

function notMergeable(file: string): DropsweepError {
  return new DropsweepError('MODEL_UNSUPPORTED', 'an adapter of an ONNX file is not merged into it', {
    where: file,
    got: 'a base that is an ONNX file',
    expected: 'a base with config.json and model.safetensors',
    fix: 'write the adapter by itself: dropsweep export SWEEP --adapter TRIAL --out FOLDER',
  });
}

async function readConfig(file: string): Promise<Record<string, unknown>> {
  const config: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof config === 'object' && config !== null) return { ...config };
  throw new DropsweepError('MODEL_UNSUPPORTED', 'config.json is no object', { where: file });
}
