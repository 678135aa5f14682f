import { expect, it } from 'vitest';
import { Defect, present } from '../../src/base/defect.ts';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { add, unary } from '../../src/onnx/operators.ts';
import { asDefect } from '../../src/train/process/as-defect.ts';

/** What a body throws. */
function thrown(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

it('what the compiler gets wrong is a defect, which no configuration is blamed for', () => {
  const b = new GraphBuilder();
  const x = b.input('x', 'float', [2, 3]);
  const y = unary(b, 'Relu', x);
  const graph = b.build('broken', [y]);
  const broken = { ...graph, nodes: [] };
  for (const error of [
    thrown(() => checkGraph(broken)),
    thrown(() => add(b, x, b.input('z', 'float', [4]))),
    thrown(() => present(undefined, 'a part')),
  ]) {
    expect(error).toBeInstanceOf(Defect);
    expect(error).not.toHaveProperty('code');
  }
});

it('a training that meets one ends at once, with all that a report needs', () => {
  const outcome = asDefect(new Defect('an illegal graph', 'where: here'));
  expect(outcome).toMatchObject({ kind: 'failed', outcome: 'crashed', code: 'DEFECT' });
  const message = 'message' in outcome ? outcome.message : '';
  expect(message).toMatch(
    /DEFECT: an illegal graph\n {2}where: here\n {2}to do: .*report it.*\n {2}in: trainer version \d+/,
  );
  expect(message).toContain('defect.test.ts');
});
