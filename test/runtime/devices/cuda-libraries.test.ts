import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cudaEnvironment, findCudaLibraries } from '../../../src/runtime/devices/cuda-libraries.ts';

const manifest: { version: string } = createRequire(import.meta.url)('onnxruntime-node/package.json');

let root: string;
let folder: string;
let cacheBefore: string | undefined;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'dropsweep-cuda-'));
  folder = path.join(root, 'lib');
  mkdirSync(folder);
  cacheBefore = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = path.join(root, 'cache');
});
afterEach(() => {
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheBefore;
  rmSync(root, { recursive: true });
});

function writeLibraries(version: string): void {
  for (const name of ['shared', 'cuda']) writeFileSync(path.join(folder, `libonnxruntime_providers_${name}.so`), name);
  writeFileSync(path.join(root, 'VERSION_NUMBER'), `${version}\n`);
}

const refusal = () => findCudaLibraries({ DROPSWEEP_CUDA_LIBRARIES: folder }).refusal;

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'onnxruntime’s CUDA library (Linux on x64 only)',
  () => {
    it('is refused where it is not named, not there, or of another version', () => {
      expect(findCudaLibraries({}).refusal).toMatch(/DROPSWEEP_CUDA_LIBRARIES is not set/);
      expect(refusal()).toMatch(/lacks libonnxruntime_providers_shared\.so and libonnxruntime_providers_cuda\.so/);
      writeLibraries('1.2.3');
      expect(refusal()).toMatch(new RegExp(`is of onnxruntime 1\\.2\\.3, not ${manifest.version}`));
      rmSync(path.join(root, 'VERSION_NUMBER'));
      expect(refusal()).toMatch(/unknown version/);
    });

    it('is put before the npm package’s own folder for the processes that use it, together with onnxruntime', () => {
      writeLibraries(manifest.version);
      const named = { DROPSWEEP_CUDA_LIBRARIES: folder, LD_LIBRARY_PATH: '/elsewhere' };
      // Twice: it may be there already.
      for (let time = 0; time < 2; time += 1) {
        const [first = '', ...others] = cudaEnvironment(named)['LD_LIBRARY_PATH']?.split(':') ?? [];
        expect(others).toEqual(['/elsewhere']);
        expect(readdirSync(first).sort()).toEqual([
          'libonnxruntime.so.1',
          'libonnxruntime_providers_cuda.so',
          'libonnxruntime_providers_shared.so',
        ]);
        expect(readFileSync(path.join(first, 'libonnxruntime_providers_cuda.so'), 'utf8')).toBe('cuda');
      }
      expect(cudaEnvironment({ HOME: '/home' })).toEqual({ HOME: '/home' });
    });
  },
);
