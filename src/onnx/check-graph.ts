import { Defect } from '../base/defect.ts';
import type { Graph } from './graph.ts';

/**
 * A graph is legal when every name is given once, every input of a node was given before it, and every output exists.
 * @param outside names that the surrounding graph gives to a subgraph
 * @throws Defect naming the node and the value
 */
export function checkGraph(graph: Graph, outside: ReadonlySet<string> = new Set()): Graph {
  const given = new Set(outside);
  const give = (name: string, where: string) => {
    if (given.has(name)) throw illegal(`${name} is given twice`, where);
    given.add(name);
  };
  for (const input of graph.inputs) give(input.name, graph.name);
  for (const { value } of graph.initializers) give(value.name, graph.name);
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (input !== null && !given.has(input.name))
        throw illegal(`${input.name} is used before it is given`, node.name);
    }
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') checkGraph(attribute.value, given);
    }
    for (const output of node.outputs) give(output.name, node.name);
  }
  for (const output of graph.outputs) {
    if (!given.has(output.name)) throw illegal(`the output ${output.name} is never given`, graph.name);
  }
  return graph;
}

function illegal(what: string, where: string): Defect {
  return new Defect(`an illegal graph: ${what}`, `where: ${where}`);
}
