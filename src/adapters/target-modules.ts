import { DropsweepError } from '../base/errors.ts';
import { targetPattern } from '../sweep/file/target-pattern.ts';

/**
 * Names of the linears that are adapted, in the model's order.
 * @param targets suffixes at a dot, whole names, regular expressions written as /…/ that match anywhere in a name,
 * or `all-linear` (every linear of the model's layers)
 * @param layers numbers of the layers to stay in, by the first number in a linear's name; absent: all
 * @throws MODEL_UNSUPPORTED where a target or a layer means nothing
 */
export function targetModules(
  linears: readonly string[],
  targets: readonly string[],
  layers?: readonly number[],
): readonly string[] {
  const inLayers = layers === undefined ? linears : linearsOfLayers(linears, layers);
  for (const target of targets) {
    if (inLayers.some((name) => means(target, name))) continue;
    throw new DropsweepError('MODEL_UNSUPPORTED', 'a target names no linear of this model', {
      where: 'targets',
      got: target,
      expected: `a suffix of one of: ${inLayers.slice(0, 6).join(', ')}`,
      fix: 'name linears by the end of their names or by a regular expression, or use all-linear',
    });
  }
  return inLayers.filter((name) => targets.some((target) => means(target, name)));
}

function means(target: string, name: string): boolean {
  if (target === 'all-linear') return true;
  return targetPattern(target)?.test(name) ?? (name === target || name.endsWith(`.${target}`));
}

function linearsOfLayers(linears: readonly string[], layers: readonly number[]): readonly string[] {
  const known = new Set(linears.map(layerOf).filter((layer) => layer !== null));
  for (const layer of layers) {
    if (known.has(layer)) continue;
    throw new DropsweepError('MODEL_UNSUPPORTED', 'a layer that this model does not have', {
      where: 'layers',
      got: String(layer),
      expected: `some of: ${[...known].join(', ')}`,
      fix: 'layers are counted from 0',
    });
  }
  return linears.filter((name) => layers.some((layer) => layer === layerOf(name)));
}

function layerOf(name: string): number | null {
  const found = /(?:^|\.)(\d+)\./.exec(name);
  return found === null ? null : Number(found[1]);
}
