import { describe, expect, it } from 'vitest';
import { targetModules } from '../../src/adapters/target-modules.ts';

describe('targets', () => {
  const linears = ['l.0.attention.query', 'l.0.attention.output.dense', 'l.0.output.dense', 'l.1.attention.query'];

  it('mean linears by the end of their names, in the order of the model', () => {
    expect(targetModules(linears, ['output.dense', 'query'])).toEqual(linears);
    expect(targetModules(linears, ['attention.output.dense'])).toEqual(['l.0.attention.output.dense']);
    expect(targetModules(linears, ['query'])).toEqual(['l.0.attention.query', 'l.1.attention.query']);
    expect(targetModules(linears, ['all-linear'])).toEqual(linears);
  });

  it('match whole words only', () => {
    expect(() => targetModules(linears, ['uery'])).toThrow(/a target names no linear of this model/);
  });

  it('between slashes are regular expressions, which match anywhere', () => {
    expect(targetModules(linears, ['/ery$/'])).toEqual(['l.0.attention.query', 'l.1.attention.query']);
    expect(targetModules(linears, ['/^l\\.0\\.(attention|output)\\.(query|dense)$/'])).toEqual([
      'l.0.attention.query',
      'l.0.output.dense',
    ]);
    expect(() => targetModules(linears, ['/value/'])).toThrow(/got: \/value\//);
  });

  it('stay in the layers that are named, by the first number in a name', () => {
    expect(targetModules(linears, ['query'], [1])).toEqual(['l.1.attention.query']);
    expect(targetModules([...linears, 'pooler.dense'], ['all-linear'], [0, 1])).toEqual(linears);
    expect(() => targetModules(linears, ['query'], [0, 2])).toThrow(/where: layers\n {2}got: 2/);
    expect(() => targetModules(linears, ['output.dense'], [1])).toThrow(/a target names no linear/);
  });
});
