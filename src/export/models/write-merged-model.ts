import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { isOnnxFile } from '../../base/model-place.ts';
import { safetensorsHeader } from '../../formats/write-safetensors.ts';
import { exportNotes } from './export-notes.ts';
import { exportedBase } from './exported-base.ts';
import type { ExportedFolder, ExportedTrial, Written } from '../exported-trial.ts';
import { type MergedTensor, mergedModel } from './merged-model.ts';
import { modelCard } from './model-card.ts';
import { copyTokenizer } from './tokenizer-files.ts';

/**
 * Writes a trial's adapter and its base as one model that transformers loads: config.json, model.safetensors in float32,
 * the tokenizer's files, README.md.
 * @throws EXPORT_UNFAITHFUL where transformers would compute something else
 */
export async function writeMergedModel(
  exported: ExportedTrial,
  folder: string,
  written?: Written,
): Promise<ExportedFolder> {
  const { trial, specification, checkpoint, opened, place } = exported;
  const config = isOnnxFile(place) ? {} : await readConfig(join(place, 'config.json'));
  const merged = mergedModel(opened, checkpoint, trial, config, specification.task);
  const notes = exportNotes(trial, 'without_masks');
  const [className = ''] = [merged.config['architectures']].flat().map(String);
  await mkdir(folder, { recursive: true });
  writeTensors(join(folder, 'model.safetensors'), merged.tensors, written);
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

/** One tensor after another: a model may be larger than memory. */
function writeTensors(path: string, tensors: readonly MergedTensor[], written: Written | undefined): void {
  const described = tensors.map(({ name, shape }) => ({
    name,
    shape,
    dtype: 'F32' as const,
    byteLength: 4 * shape.reduce((product, size) => product * size, 1),
  }));
  const all = described.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let done = 0;
  const file = openSync(path, 'w');
  try {
    writeWhole(file, safetensorsHeader(described, { format: 'pt' }));
    for (const tensor of tensors) {
      const data = tensor.read();
      writeWhole(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      written?.((done += data.byteLength), all);
    }
  } finally {
    closeSync(file);
  }
}

/** A write may take a part of what it is given. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written, bytes.length - written);
}

async function readConfig(file: string): Promise<Record<string, unknown>> {
  const config: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof config === 'object' && config !== null) return { ...config };
  throw new DropsweepError('MODEL_UNSUPPORTED', 'config.json is no object', { where: file });
}
