import { DropsweepError } from '../../base/errors.ts';
import { chainsInPieces } from '../../onnx/pieces/chains-in-pieces.ts';
import { checkGraph } from '../../onnx/check-graph.ts';
import type { Graph } from '../../onnx/graph.ts';
import { partHost, type PartedGraph } from '../../onnx/parts/part-host.ts';
import { productsInPieces } from '../../onnx/pieces/products-in-pieces.ts';
import { replaceOperators } from '../../onnx/rewrites/replace-operators.ts';
import type { DeviceProfile } from './device-profile.ts';

/**
 * A graph as a device takes it: where the profile knows no limits, all of it; else, without branches, operators that it lacks replaced, what integers decide parted off.
 * @param threads that share the CPU's work: pieces are as long as that many caches hold
 * @throws DEVICE_UNSUITABLE naming the operators that it lacks and a node of each
 */
export function fitGraph(graph: Graph, profile: DeviceProfile, threads: number = 1): PartedGraph {
  const { operators } = profile;
  if (operators === null) {
    const inPieces = () => checkGraph(productsInPieces(chainsInPieces(graph, threads), threads));
    return { host: null, device: profile.inPieces ? inPieces() : graph };
  }
  const replaced = replaceOperators(graph, profile.alternatives);
  const parted = profile.integersOnHost ? partHost(replaced) : { host: null, device: replaced };
  const lacking = new Map(
    parted.device.nodes
      .filter(({ operator }) => !operators.has(operator))
      .map(({ operator, name, inputs }) => [operator, `${operator} of ${inputs[0]?.type ?? 'nothing'} (${name})`]),
  );
  if (lacking.size === 0) return parted;
  throw new DropsweepError('DEVICE_UNSUITABLE', `the device ${profile.kind} cannot run this model's ${graph.name}`, {
    got: [...lacking.values()].join(', '),
    expected: [...operators].join(', '),
    fix: 'use device: cpu for this model or task',
  });
}
