import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../../formats/write-safetensors.ts';
import { consumingClass } from './consuming-class.ts';
import { exportNotes } from './export-notes.ts';
import { exportedBase } from './exported-base.ts';
import type { ExportedFolder, ExportedTrial } from '../exported-trial.ts';
import { madeWith } from './made-with.ts';
import { modelCard } from './model-card.ts';
import { peftAdapter } from './peft-adapter.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';
import { taskOf } from '../../tasks/tasks.ts';

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
  const options = headOptions(task);
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
        `model = ${className}.from_pretrained(base${options}, dtype=torch.float32)`,
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
    ...(exported.data === undefined ? {} : { data: exported.data }),
    update_scale: adapter.updateScale,
    configuration: trial.configuration,
    evaluation: trial.evaluation,
    metrics: trial.metrics,
    notes,
    made_with: madeWith(exported),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'adapter_model.safetensors'), writeSafetensors(adapter.tensors, { format: 'pt' }));
  await writeFile(join(folder, 'adapter_config.json'), `${JSON.stringify(adapter.config, null, 2)}\n`);
  await writeFile(join(folder, 'dropsweep.json'), `${JSON.stringify(about, null, 2)}\n`);
  await writeFile(join(folder, 'README.md'), card);
  return { files: ['adapter_model.safetensors', 'adapter_config.json', 'dropsweep.json', 'README.md'], notes };
}

/** What transformers has to be told of the head, where it cannot know by the class: how many outputs, and their names. */
function headOptions(task: TaskShape): string {
  const { label_names: names } = task;
  if (!('id2label' in taskOf(task).published.config(task))) return '';
  if (names.length > 0) {
    const labels = JSON.stringify(Object.fromEntries(names.map((name, index) => [index, name])));
    return `, num_labels=${names.length}, id2label={int(i): name for i, name in ${labels}.items()}`;
  }
  return ', num_labels=1';
}
