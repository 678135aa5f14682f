import { describe, expect, it } from 'vitest';
import { readValues } from '../../src/cli/reading/read-values.ts';

describe('what dropsweep tell is told', () => {
  it('is a finite number for each metric', () => {
    expect(readValues(['accuracy=0.81', 'loss=4e-1'])).toEqual({ accuracy: 0.81, loss: 0.4 });
  });

  it.each(['nan', 'NaN', '-inf', 'Infinity', '1e999'])('has diverged where it is %s', (value) => {
    expect(() => readValues([`loss=${value}`])).toThrow(`dropsweep tell LEASE --diverged "loss is ${value}"`);
  });

  it.each([
    ['no number', ['loss=abc'], 'give a number, such as loss=0.4'],
    ['blank', ['loss= '], 'give a number, such as loss=0.4'],
    ['told twice', ['loss=1', 'loss=2'], 'give each metric once'],
    ['no name', ['1loss=2'], 'give it as METRIC=VALUE'],
    ['no value', ['loss'], 'give it as METRIC=VALUE'],
  ])('is refused where it is %s, which is no divergence', (_, words, fix) => {
    expect(() => readValues(words)).toThrow(fix);
    expect(() => readValues(words)).not.toThrow('diverged');
  });
});
