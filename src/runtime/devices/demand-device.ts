import { DropsweepError } from '../../base/errors.ts';
import type { DeviceProfile } from './device-profile.ts';

const installing: Readonly<Record<DeviceProfile['kind'], string>> = {
  cpu: 'npm ci; see the platforms in the README',
  cuda: 'set DROPSWEEP_CUDA_LIBRARIES to the folder of onnxruntime’s CUDA library; `dropsweep doctor` says where it comes from',
  webgpu: 'install a Vulkan driver for the graphics card (on macOS none is needed); `dropsweep doctor` looks again',
};

/** Advice that brings a device. */
export function howToInstall(kind: DeviceProfile['kind']): string {
  return installing[kind];
}

/**
 * Opens a session on a device. The refusals of onnxruntime that a person can mend, and its refusal of a graph that
 * would have fallen back to the CPU, become ours; memory that ran out and defects stay as they are.
 * @throws DEVICE_UNSUITABLE
 */
export async function demandDevice<Session>(device: DeviceProfile, open: () => Promise<Session>): Promise<Session> {
  try {
    return await open();
  } catch (cause) {
    const words = firstLine(cause);
    if (device.kind === 'cpu') throw cause;
    if (/fallback to CPU EP has been explicitly disabled/.test(words)) {
      throw new DropsweepError('DEVICE_UNSUITABLE', `onnxruntime would run part of the graph on the CPU`, {
        where: `device ${device.kind}`,
        got: words,
        fix: 'use device: cpu for this model or task, and report it',
        cause,
      });
    }
    if (!isRefusal(words)) throw cause;
    throw new DropsweepError('DEVICE_UNSUITABLE', `there is no device ${device.kind} here`, {
      got: words,
      fix: howToInstall(device.kind),
      cause,
    });
  }
}

/** How onnxruntime words that a provider, its library or its adapter is not there. */
function isRefusal(words: string): boolean {
  return /Failed to get a WebGPU adapter|Failed to load|cannot open shared object|libcu|CUDA|not supported|no backend/i.test(
    words,
  );
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n').find((line) => line.trim() !== '') ?? text;
}
