import { DropsweepError } from '../../base/errors.ts';
import type { FrozenAdapter } from './frozen-adapter.ts';
import { type NamedShape, storedShape } from './rank-pattern.ts';
import { peftTensorName } from './tensor-names.ts';

const isOfHead = ({ name }: NamedShape): boolean => name.startsWith('head.');

/**
 * An adapter has the tensors of a training, of their shapes, and no others but a divisor that PEFT keeps; the head's may
 * all be absent.
 * @param folder of the adapter, as the sweep file names it
 * @throws WEIGHTS_INVALID naming targets or head
 */
export function demandTensors(
  { stored, configuration: { shape, rankPattern } }: FrozenAdapter,
  tensors: readonly NamedShape[],
  folder: string,
): void {
  const nameOf = ({ name }: NamedShape): string => peftTensorName(shape.adapter, name);
  const known = new Set(tensors.map(nameOf));
  const others = [...stored.keys()].filter((name) => !known.has(name) && !name.endsWith('.ranknum'));
  const isUpdate = (name: string): boolean => /\.lora_[ABE](?:\.weight)?$/.test(name);
  const further = others.find(isUpdate);
  if (further !== undefined) throw otherTargets(folder, 'fewer linears', `${further}, which init_adapter has`);
  const hasHead = tensors.some((tensor) => isOfHead(tensor) && stored.has(nameOf(tensor))) || others.length > 0;
  for (const tensor of tensors) {
    if (isOfHead(tensor) && !hasHead) continue;
    const found = stored.get(nameOf(tensor));
    const wanted = storedShape(rankPattern, tensor).join(', ');
    if (found?.join(', ') === wanted) continue;
    const got = found === undefined ? 'none' : `[${found.join(', ')}]`;
    if (isOfHead(tensor)) throw otherHead(folder, `${nameOf(tensor)}: ${others[0] ?? got}`, `[${wanted}]`);
    if (found === undefined)
      throw otherTargets(folder, nameOf(tensor), 'the linears that init_adapter adapts, and no others');
    throw otherBase(folder, `${nameOf(tensor)} of ${got}`, `[${wanted}]`);
  }
  const [unknown] = others;
  if (unknown !== undefined) throw otherHead(folder, unknown, 'the tensors of the task’s head');
}

function otherTargets(folder: string, got: string, expected: string): DropsweepError {
  return new DropsweepError('WEIGHTS_INVALID', 'the training adapts other linears than init_adapter', {
    where: `training.targets, init_adapter ${folder}`,
    got,
    expected,
    fix: 'give targets (and layers) as target_modules of its adapter_config.json are',
  });
}

function otherHead(folder: string, got: string, expected: string): DropsweepError {
  return new DropsweepError('WEIGHTS_INVALID', 'init_adapter has a head of another task', {
    where: `task, init_adapter ${folder}`,
    got,
    expected,
    fix: 'save the adapter without its head, to begin with a new one, or name a task with as many labels',
  });
}

function otherBase(folder: string, got: string, expected: string): DropsweepError {
  return new DropsweepError('WEIGHTS_INVALID', 'init_adapter does not fit the linears of the base', {
    where: `base, init_adapter ${folder}`,
    got,
    expected,
    fix: 'name the base that the adapter was trained on',
  });
}
