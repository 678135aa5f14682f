import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  logSoftmaxOfParts,
  productOfParts,
  rmsNormalizationOfParts,
  signOfParts,
  splitBySlices,
} from './alternatives.ts';
import type { DeviceProfile } from './device-profile.ts';

/**
 * Floats that onnxruntime 1.30's WebGPU provider computes, as far as our graphs ask. Found by opening graphs with the
 * fallback to the CPU disabled. Scan is not among them, so a language model's loss is refused.
 */
const operators = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max', 'Pow', 'Equal', 'Greater', 'Less', 'Where', 'Cast', 'Not', 'And'],
  ...['Neg', 'Abs', 'Exp', 'Log', 'Sqrt', 'Erf', 'Tanh', 'Relu', 'Sigmoid', 'Cos', 'Sin', 'Reciprocal', 'Identity'],
  ...['Gelu', 'FastGelu', 'Softmax', 'LayerNormalization', 'SimplifiedLayerNormalization'],
  ...['MatMul', 'Gemm', 'ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceSumSquare'],
  ...['Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Slice', 'Concat', 'Split', 'Expand', 'Pad', 'Gather', 'Shape'],
  ...['Tile', 'GatherElements', 'ScatterElements'],
] as const;

/** Dawn, in the npm package: Vulkan on Linux, Metal on macOS. */
export const webgpu: DeviceProfile = {
  kind: 'webgpu',
  operators: new Set(operators),
  alternatives: {
    FusedMatMul: productOfParts,
    LogSoftmax: logSoftmaxOfParts,
    Sign: signOfParts,
    SimplifiedLayerNormalization: rmsNormalizationOfParts,
    Split: splitBySlices,
  },
  basePrecisions: ['float32', 'float16'],
  float16Products: 'float16',
  branches: 'a session each',
  inPieces: false,
  leavesPaddingOut: false,
  reservesRuns: false,
  integersOnHost: true,
  executionProviders: ['webgpu'],
  sessionEntries: { disable_cpu_ep_fallback: '1' },
  weightCopies: 2,
  numericsClass: () => `${process.platform}-${process.arch}/${graphicsDevices()}`,
  hasHardware: () => process.platform === 'darwin' || existsSync('/dev/dxg') || existsSync('/dev/dri'),
  memoryBytes: () => null,
};

const drm = '/sys/class/drm';

/** The Vulkan driver that the environment names, or the graphics cards by vendor and device. */
function graphicsDevices(): string {
  const driver = process.env['VK_DRIVER_FILES'] ?? process.env['VK_ICD_FILENAMES'];
  if (driver !== undefined) return path.basename(driver, '.json');
  if (!existsSync(drm)) return 'default';
  const cards = readdirSync(drm).filter((name) => /^card\d+$/.test(name));
  const ids = cards.flatMap((card) => {
    const files = ['vendor', 'device'].map((name) => path.join(drm, card, 'device', name));
    return files.every((file) => existsSync(file))
      ? [files.map((file) => readFileSync(file, 'utf8').trim()).join('-')]
      : [];
  });
  return ids.length === 0 ? 'default' : ids.sort().join('+');
}
