import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DropsweepError } from '../../base/errors.ts';

/**
 * Has a person change a text in their editor, which has the terminal meanwhile.
 * @param name of the file, whose ending tells editors what it is
 * @throws DropsweepError USAGE where the editor cannot be run, or ended in failure
 */
export function editText(text: string, name: string, environment: NodeJS.ProcessEnv): string {
  const editor = environment['VISUAL'] || environment['EDITOR'] || 'vi';
  const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-edit-'));
  const file = path.join(folder, name);
  try {
    writeFileSync(file, text);
    // As git does: the variable may hold arguments.
    const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    if (error !== undefined || status !== 0) {
      throw new DropsweepError('USAGE', 'the editor did not end well', {
        where: `VISUAL, EDITOR or vi: ${editor}`,
        got: error?.message ?? `status ${String(status)}`,
        fix: 'name one that runs in a terminal, for instance EDITOR=nano',
      });
    }
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
