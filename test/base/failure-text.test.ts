import { expect, it } from 'vitest';
import { DropsweepError, failureText } from '../../src/base/errors.ts';

it('says the code of a failure once, whether its message begins with it or not', () => {
  const ours = new DropsweepError('MODEL_UNSUPPORTED', 'no such activation', { got: 'swish' });
  expect(failureText(ours)).toBe('MODEL_UNSUPPORTED: no such activation\n  got: swish');
  expect(failureText({ code: 'NON_FINITE', message: 'the loss is NaN' })).toBe('NON_FINITE: the loss is NaN');
});
