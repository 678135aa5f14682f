import { type Graph, int, type Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';

/** int64 [1]: so many floats are reserved. */
export const reserveInput = 'reserve_floats';

/** The name under which an input that waits for the reserve is fed. */
export const fedName = (name: string): string => `${name}_fed`;

/**
 * A graph that takes a block of `reserve_floats` numbers and gives it back before it computes anything of the inputs
 * named. onnxruntime's arena grows by powers of two, and leaves what did not fit at each one's end: a block of a run's
 * size is found in one piece by all that follows. Requires a legal graph; ensures the same outputs, bit for bit.
 * @param waiting names of float or int64 inputs, afterwards fed under fedName's
 */
export function reserveFirst(graph: Graph, waiting: readonly string[]): Graph {
  const b = new GraphBuilder(`${graph.name}_reserve_`);
  const floats = b.input(reserveInput, 'int64', [1]);
  // Makes the arena begin with a small block, where the few numbers go that live beside the large one.
  const length = b.one({ operator: 'Max', inputs: [floats, b.int64s([0])], outputs: [{ shape: [1], type: 'int64' }] });
  const block = b.one({ operator: 'ConstantOfShape', inputs: [length], outputs: [{ shape: ['reserved'] }] });
  const size = b.one({ operator: 'Size', inputs: [block], outputs: [{ shape: [], type: 'int64' }] });
  const zero = b.one({ operator: 'Mul', inputs: [size, b.int64s([0], [])], outputs: [{ shape: [], type: 'int64' }] });
  const cast = b.one({
    operator: 'Cast',
    inputs: [zero],
    attributes: { to: int(floatType) },
    outputs: [{ shape: [] }],
  });
  const one = b.one({ operator: 'Add', inputs: [cast, b.floats([1])], outputs: [{ shape: [] }] });
  const inputs = graph.inputs.map((input): Value => {
    if (!waiting.includes(input.name)) return input;
    const fed = { ...input, name: fedName(input.name) };
    const [operator, neutral] = input.type === 'float' ? ['Mul', one] : ['Add', zero];
    const name = `${graph.name}_${input.name}_waits`;
    b.copy({ operator, domain: '', name, inputs: [fed, neutral], attributes: {}, outputs: [input] });
    return fed;
  });
  return {
    ...graph,
    inputs: [...inputs, floats],
    nodes: [...b.nodes, ...graph.nodes],
    initializers: [...graph.initializers, ...b.build('', []).initializers],
  };
}

const floatType = 1;
