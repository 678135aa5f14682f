import type { Graph, Value } from './graph.ts';

/** How many read each value, by its name: inputs of the graph's own nodes, and its outputs. */
export function countReaders(graph: Graph): ReadonlyMap<string, number> {
  const readers = new Map<string, number>();
  const count = ({ name }: Value) => readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const node of graph.nodes) for (const input of node.inputs) if (input !== null) count(input);
  graph.outputs.forEach(count);
  return readers;
}
