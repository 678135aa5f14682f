import { createRequire } from 'node:module';
import { instructionSet } from './instruction-set.ts';

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
