import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const module = resolve(import.meta.dirname, '../../dist/src/base/survive-full-log.js');

/** What a process whose log lies on a disk without room says a moment after it has written to it. */
function lifeAfter(before: string): string {
  const full = openSync('/dev/full', 'w');
  try {
    const program = `${before}; process.stderr.write('lost\\n');
      setTimeout(() => { process.stderr.write('lost\\n'); process.stdout.write('alive'); }, 50);`;
    const stdio = ['ignore', 'pipe', full] as const;
    return spawnSync(process.execPath, ['--input-type=module', '-e', program], { stdio: [...stdio], encoding: 'utf8' })
      .stdout;
  } finally {
    closeSync(full);
  }
}

test.skipIf(!existsSync('/dev/full'))('a process outlives a log that its disk has no room for', () => {
  expect(lifeAfter('')).toBe('');
  expect(lifeAfter(`(await import(${JSON.stringify(module)})).surviveFullLog(process.stderr)`)).toBe('alive');
});
