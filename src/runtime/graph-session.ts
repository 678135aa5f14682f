import { branchingOf, branchOf } from '../onnx/parts/branch-of.ts';
import { checkGraph } from '../onnx/check-graph.ts';
import type { Graph } from '../onnx/graph.ts';
import type { PartedGraph } from '../onnx/parts/part-host.ts';
import { fedName, reserveFirst, reserveInput } from '../onnx/rewrites/reserve-first.ts';
import { serialiseModel } from '../onnx/serialise-model.ts';
import type { DeviceProfile } from './devices/device-profile.ts';
import { demandDevice } from './devices/demand-device.ts';
import { fitGraph } from './devices/fit-graph.ts';
import {
  type InferenceSession,
  openSession,
  openSessionBesideWeights,
  type SessionOptions,
  Tensor,
} from './open-session.ts';

/** An opened graph, on whatever device. */
export interface GraphSession {
  /**
   * @param feeds the graph's inputs by name
   * @param reserve bytes that are taken as one block before, where the device's memory is better for it
   * @returns its outputs, in the graph's order
   */
  run(feeds: Readonly<Record<string, Tensor>>, reserve?: number): Promise<readonly Tensor[]>;
  /** Ends profiling too. Nothing runs afterwards. */
  close(): Promise<void>;
}

export interface GraphRequest {
  readonly graph: Graph;
  readonly device: DeviceProfile;
  /** Where the graph's weights lie, and it is written itself; null: it has none. */
  readonly folder: string | null;
  readonly options: SessionOptions;
  /** Inputs that all that is large depends on: it waits for the reserve of a run; absent: runs reserve nothing. */
  readonly waiting?: readonly string[];
}

/**
 * Opens a graph on a device, as its profile says: whole, or a session for each branch, and with what integers decide
 * computed before by the CPU.
 * @throws DEVICE_UNSUITABLE
 */
export async function openGraph(request: GraphRequest): Promise<GraphSession> {
  const { graph, device, options } = request;
  const fit = (whole: Graph) => fitGraph(whole, device, options.threads);
  const branching = branchingOf(graph);
  if (branching === null || device.branches === 'one session') return openFitted(request, fit(graph));
  // What the device lacks is told at once; sessions wait until they are asked for.
  const fitted = { true: fit(branchOf(graph, true)), false: fit(branchOf(graph, false)) };
  return new BranchedSession(branching.condition.name, (value) => openFitted(request, fitted[`${value}`]));
}

type Opening = Omit<GraphRequest, 'graph'>;

async function openFitted(
  { device, folder, options, waiting }: Opening,
  { host, device: own }: PartedGraph,
): Promise<GraphSession> {
  const reserves = device.reservesRuns && waiting !== undefined;
  const model = serialiseModel(reserves ? checkGraph(reserveFirst(own, waiting)) : own);
  const session = await demandDevice(device, () =>
    folder === null ? openSession(model, options, device) : openSessionBesideWeights(folder, model, options, device),
  );
  const main = new OneSession(session);
  return host === null ? main : new HostedSession(await openSession(serialiseModel(host), options), main);
}

class OneSession implements GraphSession {
  readonly #session: InferenceSession;

  constructor(session: InferenceSession) {
    this.#session = session;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, reserve: number = 0): Promise<readonly Tensor[]> {
    const { inputNames, outputNames } = this.#session;
    const waiting = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [fedName(name), tensor]));
    const floats = new Tensor('int64', [BigInt(Math.floor(reserve / Float32Array.BYTES_PER_ELEMENT))], [1]);
    const outputs = await this.#session.run(only({ ...waiting, ...feeds, [reserveInput]: floats }, inputNames));
    return outputNames.map((name) => demand(outputs[name], name));
  }

  async close(): Promise<void> {
    this.#session.endProfiling();
    await this.#session.release();
  }
}

/** A session in two parts: whatever integers decide is computed by the CPU, then fed to the device. */
class HostedSession implements GraphSession {
  readonly #host: InferenceSession;
  readonly #device: OneSession;

  constructor(host: InferenceSession, device: OneSession) {
    this.#host = host;
    this.#device = device;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, reserve?: number): Promise<readonly Tensor[]> {
    const made = await this.#host.run(only(feeds, this.#host.inputNames));
    return this.#device.run({ ...feeds, ...made }, reserve);
  }

  async close(): Promise<void> {
    await this.#host.release();
    await this.#device.close();
  }
}

/** A session for each value of the condition, opened when it is first asked for. */
class BranchedSession implements GraphSession {
  readonly #condition: string;
  readonly #open: (value: boolean) => Promise<GraphSession>;
  readonly #branches = new Map<boolean, Promise<GraphSession>>();

  constructor(condition: string, open: (value: boolean) => Promise<GraphSession>) {
    this.#condition = condition;
    this.#open = open;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, reserve?: number): Promise<readonly Tensor[]> {
    const value = Boolean(feeds[this.#condition]?.data[0]);
    const branch = this.#branches.get(value) ?? this.#open(value);
    this.#branches.set(value, branch);
    return (await branch).run(feeds, reserve);
  }

  async close(): Promise<void> {
    for (const branch of this.#branches.values()) await (await branch).close();
  }
}

function only(feeds: Readonly<Record<string, Tensor>>, names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name) => [name, demand(feeds[name], name)]));
}

function demand(tensor: Tensor | undefined, name: string): Tensor {
  if (tensor === undefined) throw new Error(`the session lacks ${name}`);
  return tensor;
}
