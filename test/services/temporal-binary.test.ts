import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporalBinary } from '../../src/services/temporal-binary.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-binary-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const programs = () => join(folder, 'programs');
const cached = () => join(folder, 'cache', 'dropsweep', 'bin', 'temporal-cli-v1.5.1', 'temporal');
const environment = () => ({ PATH: `${programs()}:/bin:/usr/bin`, XDG_CACHE_HOME: join(folder, 'cache') });

function writeProgram(file: string, script: string): string {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function writeTemporal(file: string, server: string): string {
  return writeProgram(file, `echo "temporal version 1.5.1 (Server ${server}, UI 2.42.1)"`);
}

/** A `go` that builds what the script says and counts its runs. */
function writeGo(script: string): void {
  writeProgram(join(programs(), 'go'), `echo "$@ GOPATH=$GOPATH" >> '${join(folder, 'go-runs')}'\n${script}`);
}

const builds = `printf '#!/bin/sh\\necho "temporal version 1.5.1 (Server 1.29.1, UI 2)"\\n' > "$GOBIN/temporal"`;
const goRuns = () => (existsSync(join(folder, 'go-runs')) ? readFileSync(join(folder, 'go-runs'), 'utf8') : '');

describe('the Temporal binary', () => {
  it('on PATH comes before the one in the cache', async () => {
    const onPath = writeTemporal(join(programs(), 'temporal'), '1.29.1');
    writeTemporal(cached(), '1.29.1');
    expect(await temporalBinary({ environment: environment() })).toBe(onPath);
  });

  it('on PATH is passed over when it is too old or does not run', async () => {
    writeTemporal(cached(), '1.29.1');
    writeTemporal(join(programs(), 'temporal'), '1.20.4');
    expect(await temporalBinary({ environment: environment() })).toBe(cached());
    writeProgram(join(programs(), 'temporal'), 'exit 7');
    expect(await temporalBinary({ environment: environment() })).toBe(cached());
  });

  it('is built once into the cache when two need it at the same time, also without a HOME', async () => {
    writeGo(`sleep 0.3\n${builds}`);
    const said: string[] = [];
    const ask = () => temporalBinary({ environment: environment(), progress: (text) => said.push(text) });
    expect(await Promise.all([ask(), ask()])).toEqual([cached(), cached()]);
    expect(goRuns().trim().split('\n')).toHaveLength(1);
    expect(goRuns()).toContain('install');
    expect(goRuns()).toContain('github.com/temporalio/cli/cmd/temporal@v1.5.1');
    expect(goRuns()).toContain(`GOPATH=${join(folder, 'cache')}`);
    expect(said.join('\n')).toContain('building the Temporal server');
    expect(await ask()).toBe(cached());
    expect(goRuns().trim().split('\n')).toHaveLength(1);
  });

  it('that cannot be built is one error that names every place and what it said', async () => {
    writeTemporal(join(programs(), 'temporal'), '1.20.4');
    writeGo('echo "dial tcp: no route to host" >&2; exit 1');
    const fault = temporalBinary({ environment: environment() });
    await expect(fault).rejects.toMatchObject({ code: 'TEMPORAL_BINARY_MISSING' });
    await expect(fault).rejects.toThrow(/holds server 1\.20\.4.*no executable file.*no route to host/);
    expect(existsSync(cached())).toBe(false);
  });
});
