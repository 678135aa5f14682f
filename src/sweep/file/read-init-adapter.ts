import { isScalar } from 'yaml';
import { join } from 'node:path';
import { absolute, type FileLookup } from './file-lookup.ts';
import type { YamlSection } from './yaml-section.ts';

/** `init_adapter: ./folder`: what PEFT saved, which every training begins with. Null: none. */
export function readInitAdapter(file: YamlSection, lookup: FileLookup): string | null {
  const place = file.text('init_adapter');
  const field = place === null ? null : file.field('init_adapter');
  if (place === null || field === null) return null;
  const folder = absolute(place, lookup);
  const missing = ['adapter_config.json', 'adapter_model.safetensors'].find(
    (name) => !lookup.isFile(join(folder, name)),
  );
  if (missing !== undefined)
    file.reading.report(
      field.node,
      field.name,
      `there is no ${join(folder, missing)}; PEFT’s save_pretrained writes it`,
    );
  const trainer = file.field('trainer');
  if (trainer !== null && isScalar(trainer.node) && trainer.node.value === 'simulated')
    file.reading.report(field.node, field.name, 'is nothing to a simulated trainer; leave it out');
  return folder;
}

/** No step is taken of what there is only to be evaluated. */
export function checkEpochs(file: YamlSection, initAdapter: string | null): void {
  for (const section of [file.section('training'), file.section('space')]) {
    const field = section?.field('epochs') ?? null;
    if (initAdapter !== null || section === null || field === null) continue;
    for (const item of section.items(field)) {
      if (isScalar(item.node) && item.node.value === 0)
        section.reading.report(item.node, item.name, '0 epochs train nothing; they are for init_adapter: FOLDER');
    }
  }
}
