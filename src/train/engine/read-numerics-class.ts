import { createRequire } from 'node:module';
import { deviceProfiles } from '../../runtime/devices/device-profiles.ts';
import type { DeviceKind } from '../../sweep/device-kind.ts';

/**
 * Names what results depend on besides their inputs: provider, onnxruntime's version, and the device's own: instruction
 * set and threads, or card and driver. Read without loading onnxruntime. Within one class a resumed training is
 * bit-identical to an uninterrupted one, as far as the provider is.
 */
export function readNumericsClass(device: DeviceKind = 'cpu'): string {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  return `${device}/onnxruntime-${version}/${deviceProfiles[device].numericsClass()}`;
}
