import type { Attribute, Graph, Node } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { type PieceCounts, type Pieces, scanPieces } from './scan-pieces.ts';

/** Nodes of a graph that are to run piece by piece. */
export interface PieceGroup {
  readonly nodes: readonly Node[];
  readonly last: Node;
  readonly cut: (b: GraphBuilder, counts: PieceCounts) => Pieces;
}

/**
 * A Scan in the place of each group's last node, in a graph and in those inside it. Requires a legal graph; ensures the
 * same outputs, if the groups keep what scanPieces requires.
 * @param what begins the names of what is added
 */
export function rewriteInPieces(outer: Graph, what: string, find: (graph: Graph) => readonly PieceGroup[]): Graph {
  const inside = (attribute: Attribute): Attribute =>
    attribute.kind === 'graph' ? { kind: 'graph', value: rewriteInPieces(attribute.value, what, find) } : attribute;
  const own = outer.nodes.map((node) => ({
    ...node,
    attributes: Object.fromEntries(Object.entries(node.attributes).map(([name, value]) => [name, inside(value)])),
  }));
  const graph = { ...outer, nodes: own };
  const groups = find(graph);
  if (groups.length === 0) return graph;
  const inGroup = new Set(groups.flatMap(({ nodes }) => nodes));
  const groupOf = new Map(groups.map((group) => [group.last, group]));
  const b = new GraphBuilder(`${graph.name}_${what}_`);
  const counts: PieceCounts = new Map();
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const group = groupOf.get(node);
    if (group === undefined) return inGroup.has(node) ? [] : [node];
    const begun = b.nodes.length;
    scanPieces(b, group.cut(b, counts));
    const made = b.nodes.slice(begun);
    return made.map((each, index) => (index === made.length - 1 ? { ...each, outputs: node.outputs } : each));
  });
  return { ...graph, nodes, initializers: [...graph.initializers, ...b.build('', []).initializers] };
}
