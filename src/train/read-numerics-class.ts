import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Names what results depend on besides their inputs: provider, onnxruntime's version, instruction set, threads. Read
 * without loading onnxruntime. Within one class a resumed training is bit-identical to an uninterrupted one.
 */
export function readNumericsClass(): string {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  const threads = process.env['DROPSWEEP_THREADS'] ?? '1';
  return `cpu/onnxruntime-${version}/${process.arch}-${instructionSet()}/threads-${threads}`;
}

function instructionSet(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return process.platform;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  const known = ['amx_int8', 'avx512_vnni', 'avx512f', 'avx_vnni', 'avx2', 'avx'];
  return known.find((flag) => flags.includes(flag)) ?? 'sse';
}
