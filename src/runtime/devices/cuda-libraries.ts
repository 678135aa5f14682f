import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { sha256 } from '../../base/sha256.ts';

/** onnxruntime looks for its providers beside its own library, which npm installs without them. */
const providerFiles = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'] as const;

const variable = 'DROPSWEEP_CUDA_LIBRARIES';

export type CudaLibraries =
  | { readonly folder: string; readonly refusal?: undefined }
  | { readonly folder: null; readonly refusal: string };

/**
 * The folder of onnxruntime's CUDA library that the environment names, its version checked: a library of another
 * version than the npm package's would be undefined behaviour. The version is read from the VERSION_NUMBER that comes
 * with a release, in the folder or above it, or from the name of the libonnxruntime.so beside it.
 */
export function findCudaLibraries(environment: NodeJS.ProcessEnv): CudaLibraries {
  const refused = (refusal: string): CudaLibraries => ({ folder: null, refusal });
  if (process.platform !== 'linux' || process.arch !== 'x64') return refused('CUDA is for Linux on x64');
  const named = environment['DROPSWEEP_CUDA_LIBRARIES'];
  if (named === undefined) return refused(`${variable} is not set, and the npm package does not hold CUDA's library`);
  const folder = path.resolve(named);
  const absent = providerFiles.filter((file) => !existsSync(path.join(folder, file)));
  if (absent.length > 0) return refused(`${folder} lacks ${absent.join(' and ')}`);
  const [found, wanted] = [versionIn(folder), ownVersion()];
  if (found === wanted) return { folder };
  return refused(
    `${folder} is of onnxruntime ${found ?? 'of an unknown version: keep its VERSION_NUMBER'}, not ${wanted}`,
  );
}

/** How to come by it, for the doctor. */
export function howToGetCuda(): string {
  const version = ownVersion();
  return `unpack the archive for Linux, x64 and GPUs of onnxruntime’s release v${version} and set ${variable} to its lib folder, its VERSION_NUMBER kept; CUDA 12 and cuDNN 9 must be installed`;
}

/**
 * The environment of a process that may use CUDA: the libraries' folder before others, with onnxruntime's own library
 * from the npm package linked into one place with them. Unchanged where none is named.
 */
export function cudaEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const libraries = findCudaLibraries(environment);
  if (libraries.folder === null) return environment;
  const folder = linkTogether(libraries.folder);
  const others = environment['LD_LIBRARY_PATH'];
  return { ...environment, LD_LIBRARY_PATH: others === undefined ? folder : `${folder}:${others}` };
}

function linkTogether(folder: string): string {
  const own = path.join(packageFolder(), 'bin', 'napi-v6', process.platform, process.arch);
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const together = path.join(cache, 'dropsweep', 'cuda', sha256([folder, own].join('\n')).slice(0, 24));
  mkdirSync(together, { recursive: true });
  for (const file of providerFiles) link(path.join(folder, file), path.join(together, file));
  for (const file of readdirSync(own).filter((name) => name.startsWith('libonnxruntime.so')))
    link(path.join(own, file), path.join(together, file));
  return together;
}

/**
 * A hard link, so that a library's own path is the one that it was found by; a symbolic one where the disk is another.
 * Made beside and renamed: several processes may do this at once.
 */
function link(source: string, target: string): void {
  const made = `${target}.${process.pid}`;
  rmSync(made, { force: true });
  try {
    linkSync(source, made);
  } catch {
    symlinkSync(source, made);
  }
  renameSync(made, target);
  rmSync(made, { force: true });
}

function versionIn(folder: string): string | null {
  for (const place of [folder, path.dirname(folder)]) {
    const file = path.join(place, 'VERSION_NUMBER');
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  }
  const versions = readdirSync(folder).flatMap((name) => /^libonnxruntime\.so\.(\d+\.\d+\.\d+)$/.exec(name)?.[1] ?? []);
  return versions[0] ?? null;
}

function packageFolder(): string {
  return path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(packageFolder(), 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
