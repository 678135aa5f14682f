import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../formats/write-safetensors.ts';
import { consumingClass } from './consuming-class.ts';
import { exportNotes } from './export-notes.ts';
import { exportedBase } from './exported-base.ts';
import type { ExportedFolder, ExportedTrial } from './exported-trial.ts';
import { modelCard } from './model-card.ts';
import { peftAdapter } from './peft-adapter.ts';

/**
 * Writes a trial's adapter as PEFT loads one: adapter_config.json, adapter_model.safetensors, README.md, and dropsweep.json
 * with the labels, the scores and where they come from. Nothing is written where PEFT would compute something else.
 * @throws EXPORT_UNFAITHFUL
 */
export async function writePeftAdapter(exported: ExportedTrial, folder: string): Promise<ExportedFolder> {
  const { trial, specification, checkpoint, opened } = exported;
  const { configuration, task } = specification;
  const base = exportedBase(specification.base);
  const adapter = peftAdapter(opened, checkpoint, trial, { base: base.name, task });
  const { name: className } = consumingClass('PEFT', opened, checkpoint.layout, { configuration, task });
  const notes = exportNotes(trial, 'without_masks');
  const labels = JSON.stringify(Object.fromEntries(task.label_names.map((name, index) => [index, name])));
  const count = Math.max(1, task.label_names.length);
  const options = task.label_names.length === 0 ? '' : `, id2label={int(i): name for i, name in ${labels}.items()}`;
  const card = modelCard(exported, {
    title: `${base.name} with an adapter`,
    library: 'peft',
    base,
    needs: `PEFT ${configuration.scaling === 'rank_stabilized' ? '0.7' : '0.5'} or newer.`,
    notes,
    loading: {
      language: 'python',
      lines: [
        'import torch',
        `from transformers import AutoTokenizer, ${className}`,
        'from peft import PeftModel',
        `base = ${base.onHub ? `"${base.name}"` : `"PATH OF THE BASE"  # ${base.name}`}`,
        `model = ${className}.from_pretrained(base, num_labels=${count}${options}, dtype=torch.float32)`,
        `model = PeftModel.from_pretrained(model, ".").eval()`,
        'tokenizer = AutoTokenizer.from_pretrained(base)',
      ],
    },
  });
  const about = {
    sweep: exported.sweep,
    trial: trial.trial,
    training_hash: trial.trainingHash,
    numerics_class: trial.numericsClass,
    base: { name: base.name, content_hash: base.contentHash, loaded_as: className },
    label_names: task.label_names,
    update_scale: adapter.updateScale,
    configuration: trial.configuration,
    evaluation: trial.evaluation,
    metrics: trial.metrics,
    notes,
    launched_by: exported.launchedBy,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'adapter_model.safetensors'), writeSafetensors(adapter.tensors, { format: 'pt' }));
  await writeFile(join(folder, 'adapter_config.json'), `${JSON.stringify(adapter.config, null, 2)}\n`);
  await writeFile(join(folder, 'dropsweep.json'), `${JSON.stringify(about, null, 2)}\n`);
  await writeFile(join(folder, 'README.md'), card);
  return { files: ['adapter_model.safetensors', 'adapter_config.json', 'dropsweep.json', 'README.md'], notes };
}
