import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';

/** Loads a file of a folder as train and dev rows, as a sweep file says it. @param columns what stands in task.data besides */
export function loadFile(
  folder: string,
  { kind, name, content, columns }: { kind: string; name: string; content: string | Uint8Array; columns: string },
) {
  writeFileSync(path.join(folder, name), content);
  const sweep = path.join(folder, 'sweep.yaml');
  const data = `{train: ./${name}, dev: ./${name}${columns === '' ? '' : `, ${columns}`}}`;
  writeFileSync(sweep, `name: s\nbase: some/model\ntask: {kind: ${kind}, data: ${data}}\n`);
  return loadDataset(readSweepFile(sweep).task);
}
