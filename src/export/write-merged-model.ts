import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { isOnnxFile } from '../base/model-place.ts';
import { writeSafetensors } from '../formats/write-safetensors.ts';
import { exportNotes } from './export-notes.ts';
import { exportedBase } from './exported-base.ts';
import type { ExportedFolder, ExportedTrial } from './exported-trial.ts';
import { mergedModel } from './merged-model.ts';
import { modelCard } from './model-card.ts';
import { copyTokenizer } from './tokenizer-files.ts';

/**
 * Writes a trial's adapter and its base as one model that transformers loads: config.json, model.safetensors in float32,
 * the tokenizer's files, README.md.
 * @throws EXPORT_UNFAITHFUL where transformers would compute something else
 */
export async function writeMergedModel(exported: ExportedTrial, folder: string): Promise<ExportedFolder> {
  const { trial, specification, checkpoint, opened, place } = exported;
  const config = isOnnxFile(place) ? {} : await readConfig(join(place, 'config.json'));
  const merged = mergedModel(opened, checkpoint, trial, config, specification.task.label_names);
  const notes = exportNotes(trial, 'without_masks');
  const [className = ''] = [merged.config['architectures']].flat().map(String);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors([...merged.tensors()], { format: 'pt' }));
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(merged.config, null, 2)}\n`);
  const tokenizer = await copyTokenizer(place, folder);
  const base = exportedBase(specification.base);
  const card = modelCard(exported, {
    title: `${base.name}, fine-tuned`,
    library: 'transformers',
    base,
    needs: 'transformers 4.40 or newer; the tensors are float32.',
    notes,
    loading: {
      language: 'python',
      lines: [
        `from transformers import AutoTokenizer, ${className}`,
        `model = ${className}.from_pretrained(".").eval()`,
        'tokenizer = AutoTokenizer.from_pretrained(".")',
      ],
    },
  });
  await writeFile(join(folder, 'README.md'), card);
  return { files: ['model.safetensors', 'config.json', ...tokenizer, 'README.md'], notes };
}

async function readConfig(file: string): Promise<Record<string, unknown>> {
  const config: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof config === 'object' && config !== null) return { ...config };
  throw new DropsweepError('MODEL_UNSUPPORTED', 'config.json is no object', { where: file });
}
