/**
 * The folders of src from left to right: a file imports from its own layer or from ones further left. Folders of one
 * layer may use one another where that makes no circle.
 */
export const layers: readonly (readonly string[])[] = [
  ['base'],
  ['random', 'stats'],
  ['metrics'],
  ['sweep'],
  ['search'],
  ['messages', 'notices', 'onnx'],
  ['autodiff', 'packing'],
  ['adapters', 'models'],
  ['runtime'],
  ['train', 'evaluate', 'formats', 'data', 'tasks'],
  ['store', 'hub'],
  ['worker', 'services'],
  ['launch', 'dashboard', 'report', 'export', 'cli'],
];

/** File formats are leaves: what builds graphs reads and writes them too. */
export const exceptions: readonly (readonly [from: string, to: string])[] = [
  ['adapters', 'formats'],
  ['models', 'formats'],
  ['runtime', 'formats'],
];

/** Packages that only some folders may touch, by what they would let in. */
export const packageHomes: Readonly<Record<string, readonly string[]>> = {
  kysely: ['src/store', 'migrations'],
  'onnxruntime-node': ['src/runtime'],
  ink: ['src/dashboard'],
  react: ['src/dashboard'],
  '@stricli/core': ['src/cli'],
  'd3-scale': ['src/report'],
  'd3-shape': ['src/report'],
  '@temporalio/workflow': ['workflows'],
  // Native code: what declares a task is read by processes that tokenise nothing.
  tokenizers: ['src/data'],
};

export function layerOf(folder: string): number {
  return layers.findIndex((layer) => layer.includes(folder));
}

/** The folder of src that a path lies in; null elsewhere. */
export function sourceFolder(file: string): string | null {
  return /^src\/([^/]+)\//.exec(file)?.[1] ?? null;
}
