import { expect, it } from 'vitest';
import { leftWords } from '../../src/cli/output/follow-sweep.ts';

it('a sweep goes on when its dashboard is left, but one that is paused', () => {
  const goesOn = 'The sweep goes on. dropsweep watch s shows it again; dropsweep cancel s ends it.';
  expect(leftWords({ name: 's' })).toBe(goesOn);
  expect(leftWords({ name: 's', state: 'running' })).toBe(goesOn);
  expect(leftWords({ name: 's', state: 'paused' })).toBe(
    's is paused. dropsweep resume s goes on with it; dropsweep watch s shows it again.',
  );
});
