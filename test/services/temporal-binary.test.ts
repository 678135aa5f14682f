import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/base/progress.ts';
import { temporalBinary } from '../../src/services/temporal/temporal-binary.ts';

let folder: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-binary-'));
  environment = { XDG_CACHE_HOME: join(folder, 'cache'), HOME: folder, PATH: join(folder, 'bin') };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const onPath = () => join(folder, 'bin', 'temporal');
const cached = () => join(folder, 'cache', 'dropsweep', 'bin', 'temporal-cli-v1.5.1', 'temporal');
const telling = (server: string) => `echo 'temporal version 1.5.1 (Server ${server}, UI 2.42.1)'`;

function writeProgram(file: string, script: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const unreachable = async (): Promise<string> => Promise.reject(new Error('no such host'));

describe('the Temporal program', () => {
  it('is the one on PATH first', async () => {
    writeProgram(onPath(), telling('1.29.1'));
    writeProgram(cached(), telling('1.29.1'));
    expect(await temporalBinary({ environment })).toBe(onPath());
  });

  it('is the cached one where the one on PATH is too old, broken or not there', async () => {
    writeProgram(cached(), telling('1.29.1'));
    expect(await temporalBinary({ environment })).toBe(cached());
    writeProgram(onPath(), telling('1.20.0'));
    expect(await temporalBinary({ environment })).toBe(cached());
    writeProgram(onPath(), 'exit 1');
    expect(await temporalBinary({ environment })).toBe(cached());
  });

  it('is downloaded once, whoever asks, and told of', async () => {
    let downloads = 0;
    const told: string[] = [];
    const options = {
      environment,
      progress: (text: string) => void told.push(text),
      download: async (version: string, place: string) => {
        downloads += 1;
        expect(version).toBe('1.5.1');
        writeProgram(join(place, 'fetched'), telling('1.29.1'));
        return join(place, 'fetched');
      },
    };
    expect(await Promise.all([temporalBinary(options), temporalBinary(options)])).toEqual([cached(), cached()]);
    expect(downloads).toBe(1);
    expect(told.filter((text) => text.startsWith('downloading'))).toHaveLength(1);
  });

  it('is built by Go once where it cannot be downloaded, whoever asks, and told of', async () => {
    const copy = `/bin/cp '${onPath()}.source' "$GOBIN/temporal"; echo "$@" >> '${folder}/builds'`;
    writeProgram(`${onPath()}.source`, telling('1.29.1'));
    writeProgram(join(folder, 'bin', 'go'), copy);
    const told: string[] = [];
    const options = { environment, download: unreachable, progress: (text: string) => void told.push(text) };
    const both = await Promise.all([temporalBinary(options), temporalBinary(options)]);
    expect(both).toEqual([cached(), cached()]);
    expect(told.filter((text) => text.startsWith('building'))).toHaveLength(1);
  });

  it('tells how many packages are compiled of those that Go is going to compile', async () => {
    // As Go 1.26 writes: its commands with a banner for each package, and with -v their names as they are compiled.
    const script = `case " $* " in
*" -n "*) printf 'go: downloading github.com/spf13/cobra v1.9.1\ngo: downloading go.temporal.io/sdk v1.35.0\n' >&2
  for p in internal/cpu runtime/cgo net/http github.com/temporalio/cli/cmd/temporal; do
    printf '\n#\n# %s\n#\n\nmkdir -p $WORK/b001/\n/usr/local/go/pkg/tool/linux_amd64/compile -o ./_pkg_.a\n' $p >&2
  done;;
*) printf 'internal/cpu\nruntime/cgo\n# runtime/cgo\ncgo-gcc-prolog: In function x: warning: unused\nnet/http\n' >&2
  echo github.com/temporalio/cli/cmd/temporal >&2
  /bin/cp '${onPath()}.source' "$GOBIN/temporal";;
esac`;
    writeProgram(`${onPath()}.source`, telling('1.29.1'));
    writeProgram(join(folder, 'bin', 'go'), script);
    const told: unknown[] = [];
    const progress: Progress = (what, amount) => told.push([what.split(' the ')[0], amount ?? null]);
    await temporalBinary({ environment, download: unreachable, progress });
    const packages = (done: number) => ['building', { done, of: 4, unit: 'packages' }];
    expect(told.slice(1)).toEqual([
      ['fetching', null],
      ['fetching', { done: 1, of: null, unit: 'modules' }],
      ['fetching', { done: 2, of: null, unit: 'modules' }],
      ['building', null],
      packages(1),
      packages(2),
      packages(3),
      ['linking', null],
    ]);
  });

  it('leaves nothing of Go behind, built or not, nor what a killed build left', async () => {
    const folders = '"$GOPATH" "$GOMODCACHE" "$GOCACHE" "$GOTMPDIR"';
    const work = `for f in ${folders}; do /bin/mkdir -p "$f/m@v1"; echo x > "$f/m@v1/x"; echo "$f" >> '${folder}/places'; done`;
    mkdirSync(join(dirname(cached()), 'fetch-killed', 'build'), { recursive: true });
    writeProgram(`${onPath()}.source`, telling('1.29.1'));
    const left = (): readonly string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /fetch-|^go|m@v1|\.cache/.test(name));
    for (const end of ['exit 1', `/bin/cp '${onPath()}.source' "$GOBIN/temporal"`]) {
      writeProgram(join(folder, 'bin', 'go'), `${work}; ${end}`);
      await temporalBinary({ environment, download: unreachable }).catch(() => undefined);
      expect(left()).toEqual([]);
    }
    expect(existsSync(cached())).toBe(true);
    const places = readFileSync(join(folder, 'places'), 'utf8').trim().split('\n');
    // Four folders each time that Go is asked: of the build that fails at once one time, of the other two.
    expect(places).toHaveLength(12);
    for (const place of places) expect(place.startsWith(dirname(cached()))).toBe(true);
  });

  it('that cannot be had is one error that says what each place said, and leaves nothing half built', async () => {
    writeProgram(join(folder, 'bin', 'go'), 'echo "no route to the module proxy" >&2; exit 1');
    const fault = temporalBinary({ environment, download: unreachable });
    await expect(fault).rejects.toMatchObject({ code: 'TEMPORAL_BINARY_MISSING' });
    await expect(fault).rejects.toThrow(
      /PATH: none; .*no executable file; download: no such host; go install: no route to the module proxy/,
    );
    expect(existsSync(cached())).toBe(false);
  });
});
