import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add } from '../../onnx/operators.ts';
import { serialiseModel } from '../../onnx/serialise-model.ts';
import { type DeviceKind, deviceKinds } from '../../sweep/device-kind.ts';
import { cudaEnvironment, type CudaLibraries, findCudaLibraries } from './cuda-libraries.ts';
import { deviceProfiles } from './device-profiles.ts';

const run = promisify(execFile);

/** What came of opening a graph on a device. */
export interface DeviceFinding {
  readonly kind: DeviceKind;
  /** Null: it opened. */
  readonly refusal: string | null;
}

/** Opens x + y on each device, strictly, in a process of its own: a driver that crashes takes nobody along. */
export async function probeDevices(environment: NodeJS.ProcessEnv): Promise<readonly DeviceFinding[]> {
  return Promise.all(deviceKinds.map(async (kind) => ({ kind, refusal: await refusalOf(kind, environment) })));
}

/** @returns why the device does not open; null: it does */
export async function refusalOf(kind: DeviceKind, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const libraries: CudaLibraries | null = kind === 'cuda' ? findCudaLibraries(environment) : null;
  if (libraries?.refusal !== undefined) return libraries.refusal;
  const { executionProviders, sessionEntries } = deviceProfiles[kind];
  const options = { executionProviders, extra: { session: sessionEntries }, logSeverityLevel: 4 };
  const script = `const { InferenceSession, Tensor } = require(${JSON.stringify(runtimePath())});
    const value = () => new Tensor('float32', Float32Array.of(1, 2), [2]);
    InferenceSession.create(Buffer.from('${probeModel()}', 'base64'), ${JSON.stringify(options)})
      .then((session) => session.run({ x: value(), y: value() }))
      .then((made) => process.exit(Object.values(made)[0].data[1] === 4 ? 0 : 3))
      .catch((error) => { process.stdout.write(String(error.message)); process.exit(2); });`;
  try {
    await run(process.execPath, ['-e', script], { timeout: 60_000, env: cudaEnvironment(environment) });
    return null;
  } catch (error) {
    return firstWords(error);
  }
}

function runtimePath(): string {
  return createRequire(import.meta.url).resolve('onnxruntime-node');
}

function probeModel(): string {
  const b = new GraphBuilder();
  const sum = add(b, b.input('x', 'float', ['size']), b.input('y', 'float', ['size']));
  return Buffer.from(serialiseModel(b.build('probe', [sum]))).toString('base64');
}

/** onnxruntime's own sentence, without the place in its sources that comes before it. */
function firstWords(error: unknown): string {
  const told = typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : '';
  const text = told.trim() === '' ? (error instanceof Error ? error.message : String(error)) : told;
  const line = text.split('\n').find((part) => part.trim() !== '') ?? text;
  return line.replace(/^.* was false\. /, '').trim();
}
