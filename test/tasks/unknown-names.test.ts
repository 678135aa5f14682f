import { expect, it } from 'vitest';
import { taskOf } from '../../src/tasks/tasks.ts';

it.each([
  ['text-classification', { text: 'a', label: 'CAFÉ' }],
  ['multi-label-classification', { text: 'a', label: ['x', 'CAFÉ'] }],
  ['token-classification', { tokens: ['a', 'b'], tags: ['x', 'CAFÉ'] }],
])('an unknown name of %s tells which one is meant by it', (kind, cells) => {
  const { rows } = taskOf({ kind });
  const freeze = (names: readonly string[]) => () =>
    rows.freeze({ cells, where: 'rows.jsonl:7' }, { kind, label_names: names }, { train: [], dev: [], test: null });
  expect(freeze(['x', 'Café'])).toThrow(
    /unknown (label|tag)\n.*rows\.jsonl:7\n.*got: CAFÉ \(U\+00C9\)\n[^]*to do: write it as the other rows do: Café \(U\+00E9\)/,
  );
  expect(freeze(['x', 'y'])).toThrow(
    /got: CAFÉ\n[^]*to do: correct the row, or list every (label|tag) in task\.labels/,
  );
});
