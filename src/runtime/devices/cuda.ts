import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { DeviceProfile } from './device-profile.ts';

/**
 * Floats that onnxruntime 1.30's CUDA provider computes, as far as our graphs ask, by its table of kernels
 * (docs/OperatorKernels.md of its sources). Control flow is left out: what happens inside it goes unseen.
 */
const operators = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max', 'Pow', 'Equal', 'Greater', 'Less', 'Where', 'Cast', 'Not', 'And'],
  ...[
    'Neg',
    'Abs',
    'Sign',
    'Exp',
    'Log',
    'Sqrt',
    'Erf',
    'Tanh',
    'Relu',
    'Sigmoid',
    'Cos',
    'Sin',
    'Reciprocal',
    'Identity',
  ],
  ...['Gelu', 'FastGelu', 'Softmax', 'LogSoftmax', 'LayerNormalization', 'SimplifiedLayerNormalization'],
  ...['MatMul', 'FusedMatMul', 'Gemm', 'ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceSumSquare'],
  ...['Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Slice', 'Concat', 'Split', 'Expand', 'Pad', 'Gather', 'Shape'],
] as const;

/** NVIDIA's GPUs. Its library is not in the npm package: see cuda-libraries.ts. */
export const cuda: DeviceProfile = {
  kind: 'cuda',
  operators: new Set(operators),
  alternatives: {},
  basePrecisions: ['float32', 'float16'],
  float16Products: 'float16',
  branches: 'a session each',
  inPieces: false,
  leavesPaddingOut: false,
  reservesRuns: false,
  integersOnHost: true,
  executionProviders: ['cuda'],
  sessionEntries: { disable_cpu_ep_fallback: '1' },
  weightCopies: 2,
  numericsClass: () =>
    `${process.platform}-${process.arch}/${ask('name') ?? 'unknown'}/driver-${ask('driver_version') ?? 'unknown'}`,
  hasHardware: () => existsSync('/proc/driver/nvidia') || existsSync('/dev/dxg'),
  memoryBytes: () => {
    const mebibytes = Number(ask('memory.total') ?? Number.NaN);
    return Number.isFinite(mebibytes) ? mebibytes * 2 ** 20 : null;
  },
};

/** A fact of the first GPU; null: its driver's tool is not there. */
function ask(fact: string): string | null {
  try {
    const text = execFileSync('nvidia-smi', [`--query-gpu=${fact}`, '--format=csv,noheader,nounits'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n')[0]?.trim().replaceAll(' ', '-') ?? null;
  } catch {
    return null;
  }
}
