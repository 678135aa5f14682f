import './no-telemetry.ts';
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sha256 } from '../base/sha256.ts';
import { cpu } from './devices/cpu.ts';
import type { DeviceProfile } from './devices/device-profile.ts';

export { InferenceSession, Tensor };

export interface SessionOptions {
  readonly threads: number;
  /** Begins the name of the profile that is written when the session ends; absent: none. */
  readonly profilePrefix?: string;
}

/**
 * Opens a graph whose weights lie in a folder: the graph is written beside them (onnxruntime refuses to leave the
 * .onnx file's folder) and opened by path, so that weights are mapped, and shared by all slots of a machine.
 * @param folder of `folderForGraphs`
 * @param model bytes of the .onnx file
 */
export function openSessionBesideWeights(
  folder: string,
  model: Uint8Array,
  options: SessionOptions,
  device: DeviceProfile = cpu,
): Promise<InferenceSession> {
  const file = path.join(folder, `.dropsweep-${sha256(model).slice(0, 24)}.onnx`);
  // A machine that lost power may have kept the name without the bytes.
  if (statSync(file, { throwIfNoEntry: false })?.size !== model.length) {
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, model);
    renameSync(temporary, file);
  }
  return InferenceSession.create(file, sessionOptions(options, device));
}

/** Opens a graph without weights. */
export function openSession(
  model: Uint8Array,
  options: SessionOptions,
  device: DeviceProfile = cpu,
): Promise<InferenceSession> {
  return InferenceSession.create(model, sessionOptions(options, device));
}

function sessionOptions(
  { threads, profilePrefix }: SessionOptions,
  device: DeviceProfile,
): InferenceSession.SessionOptions {
  return {
    executionProviders: device.executionProviders,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'basic',
    // A pattern keeps a second block as large as the first run's peak, one for each shape: twice the memory, no time won.
    enableMemPattern: false,
    extra: {
      session: {
        // Prepacking would copy every weight into each slot's own memory.
        disable_prepacking: '1',
        // A thread that waits for work by spinning needs a core of its own.
        intra_op: { allow_spinning: threads <= availableParallelism() ? '1' : '0' },
        ...device.sessionEntries,
      },
    },
    logSeverityLevel: 3,
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
}
