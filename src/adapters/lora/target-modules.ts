import { DropsweepError } from '../../base/errors.ts';

/**
 * Names of the linears that `targets` mean, in the model's order: suffixes at a dot, whole names, or `all-linear`
 * (every linear of the encoder's layers).
 * @throws MODEL_UNSUPPORTED where a target means nothing
 */
export function targetModules(linears: readonly string[], targets: readonly string[]): readonly string[] {
  if (targets.includes('all-linear')) return linears;
  const means = (target: string, name: string) => name === target || name.endsWith(`.${target}`);
  for (const target of targets) {
    if (linears.some((name) => means(target, name))) continue;
    throw new DropsweepError('MODEL_UNSUPPORTED', 'a target names no linear of this model', {
      where: 'targets',
      got: target,
      expected: `a suffix of one of: ${linears.slice(0, 6).join(', ')}`,
      fix: 'name linears by the end of their names, or use all-linear',
    });
  }
  return linears.filter((name) => targets.some((target) => means(target, name)));
}
