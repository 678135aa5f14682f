import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveModel } from '../src/hub/resolve-model.ts';

/** A base's files in a new folder of the benchmark's own, because engines write their graphs beside the weights. */
export async function ownBase(
  reference: string = 'sentence-transformers/all-MiniLM-L6-v2',
  files: readonly string[] = ['config.json', 'model.safetensors'],
): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-bench-'));
  const base = await resolveModel(reference, { progress: (text) => process.stderr.write(`${text}\n`) });
  for (const file of files) cpSync(path.join(base.folder, file), path.join(folder, file));
  return folder;
}
