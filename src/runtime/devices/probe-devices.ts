import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { castFloat, multiply } from '../../onnx/operators.ts';
import { serialiseModel } from '../../onnx/serialise-model.ts';
import { type DeviceKind, deviceKinds } from '../../sweep/device-kind.ts';
import { withoutTelemetry } from '../no-telemetry.ts';
import { cudaEnvironment, type CudaLibraries, findCudaLibraries } from './cuda-libraries.ts';
import { deviceProfiles } from './device-profiles.ts';

const run = promisify(execFile);

/** The outcome of opening a graph on a device. */
export interface DeviceFinding {
  readonly kind: DeviceKind;
  /** Null: it opened. */
  readonly refusal: string | null;
  /** Why products in float16 are not made on it; null: they are. */
  readonly float16Refusal: string | null;
}

/** Type of the vectors that a device is tried with. */
export type ProbeElements = 'float' | 'float16';

/**
 * Opens a product of two vectors on each device, strictly, in a process of its own: a driver that crashes takes nobody
 * along.
 */
export async function probeDevices(environment: NodeJS.ProcessEnv): Promise<readonly DeviceFinding[]> {
  return Promise.all(
    deviceKinds.map(async (kind) => {
      const refusal = await refusalOf(kind, environment);
      return { kind, refusal, float16Refusal: refusal ?? (await float16RefusalOf(kind, environment)) };
    }),
  );
}

/** @returns why a device that opens makes no products in float16; null: it does, or needs none for a base in float16 */
export async function float16RefusalOf(kind: DeviceKind, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const { float16Products } = deviceProfiles[kind];
  return float16Products === 'float16' ? refusalOf(kind, environment, float16Products) : null;
}

/** @returns why the device does not open, or does not compute with such elements; null: it does */
export async function refusalOf(
  kind: DeviceKind,
  environment: NodeJS.ProcessEnv,
  elements: ProbeElements = 'float',
): Promise<string | null> {
  const libraries: CudaLibraries | null = kind === 'cuda' ? findCudaLibraries(environment) : null;
  if (libraries?.refusal !== undefined) return libraries.refusal;
  const { executionProviders, sessionEntries } = deviceProfiles[kind];
  const options = { executionProviders, extra: { session: sessionEntries }, logSeverityLevel: 3 };
  const script = `const { InferenceSession, Tensor } = require(${JSON.stringify(runtimePath())});
    const value = () => new Tensor('float32', Float32Array.of(1, 2), [2]);
    InferenceSession.create(Buffer.from('${probeModel(elements)}', 'base64'), ${JSON.stringify(options)})
      .then((session) => session.run({ x: value(), y: value() }))
      .then((made) => process.exit(Object.values(made)[0].data[1] === 4 ? 0 : 3))
      .catch((error) => { process.stdout.write(String(error.message)); process.exit(2); });`;
  try {
    await run(process.execPath, ['-e', script], {
      timeout: 60_000,
      env: withoutTelemetry(cudaEnvironment(environment)),
    });
    return null;
  } catch (error) {
    return refusalIn(error);
  }
}

function runtimePath(): string {
  return createRequire(import.meta.url).resolve('onnxruntime-node');
}

function probeModel(elements: ProbeElements): string {
  const b = new GraphBuilder();
  const [x, y] = ['x', 'y'].map((name) => b.input(name, 'float', ['size']));
  if (x === undefined || y === undefined) throw new Error('a product has two operands');
  const product =
    elements === 'float'
      ? multiply(b, x, y)
      : castFloat(b, multiply(b, castFloat(b, x, elements), castFloat(b, y, elements)), 'float');
  return Buffer.from(serialiseModel(b.build('probe', [product]))).toString('base64');
}

/**
 * onnxruntime's own sentence, without the place in its sources that comes before it; of a library that does not load,
 * the linker's as well, which it logs.
 */
export function refusalIn(error: unknown): string {
  const told = outputOf(error, 'stdout').trim();
  const text = told === '' ? (error instanceof Error ? error.message : String(error)) : told;
  const line = text.split('\n').find((part) => part.trim() !== '') ?? text;
  const sentence = line.replace(/^.*(?: was false\.| GenerateSourceCode) /, '').trim();
  const linker = /with error: (.+)/.exec(outputOf(error, 'stderr'))?.[1]?.trim();
  return linker === undefined ? sentence : `${sentence}: ${linker}`;
}

function outputOf(error: unknown, stream: 'stdout' | 'stderr'): string {
  return typeof error === 'object' && error !== null && stream in error ? String(Reflect.get(error, stream)) : '';
}
