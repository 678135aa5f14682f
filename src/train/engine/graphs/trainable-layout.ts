import { present } from '../../../base/defect.ts';
import type { AdaptedLinear, AdapterMethod } from '../../../adapters/adapter-method.ts';
import type { Head } from '../../../models/heads/heads.ts';
import type { Value } from '../../../onnx/graph.ts';
import type { GraphBuilder } from '../../../onnx/graph-builder.ts';
import { reshape, split } from '../../../onnx/operators.ts';
import type { TrainableLayout, TrainableTensor } from '../adapter-engine.ts';

const headPrefix = 'head.';

/** Lays the trainable tensors one after another: each module's parts, then the head's tensors. */
export function trainableLayout(
  modules: readonly AdaptedLinear[],
  { method, rank }: { readonly method: AdapterMethod; readonly rank: number },
  head: Head,
): TrainableLayout {
  const shapes = [
    ...modules.flatMap((module) =>
      method.parts.map((part) => ({ name: `${module.name}.${part.name}`, shape: part.shape(module, rank) })),
    ),
    ...head.tensors.map(({ name, shape }) => ({ name: `${headPrefix}${name}`, shape })),
  ];
  let offset = 0;
  const tensors = shapes.map(({ name, shape }): TrainableTensor => {
    const tensor = { name, shape, offset };
    offset += tensorLength(tensor);
    return tensor;
  });
  return { modules, tensors, length: offset };
}

export function tensorLength({ shape }: Pick<TrainableTensor, 'shape'>): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function isOfHead({ name }: Pick<TrainableTensor, 'name'>): boolean {
  return name.startsWith(headPrefix);
}

/** A bias is a vector: `decayBiases: false` spares it. */
export function isBias(tensor: TrainableTensor): boolean {
  return tensor.shape.length === 1;
}

/** Rank of each module's update, in their order. */
export function moduleRanks(layout: TrainableLayout): readonly number[] {
  return layout.modules.map(({ name }) => tensorNamed(layout, `${name}.lora_A`).shape[0] ?? 0);
}

/** @throws Error where the layout has no tensor of that name */
export function tensorNamed(layout: TrainableLayout, name: string): TrainableTensor {
  const found = layout.tensors.find((tensor) => tensor.name === name);
  if (found === undefined) throw new Error(`the layout has no tensor ${name}`);
  return found;
}

/** The flat vector's tensors in a graph, by their names. @param vector [length] */
export function tensorValues(b: GraphBuilder, layout: TrainableLayout, vector: Value): (name: string) => Value {
  const parts = split(b, vector, 0, layout.tensors.map(tensorLength));
  const values = new Map(
    layout.tensors.map(({ name, shape }, index) => [
      name,
      reshape(b, present(parts[index], `the part ${name}`), shape),
    ]),
  );
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`the layout has no tensor ${name}`);
    return value;
  };
}

/**
 * The same tensors as another layout has them, such as that of an engine with another task's head, all of whose tensors
 * were trained.
 */
export function parametersFor(
  layout: TrainableLayout,
  trained: TrainableLayout,
  parameters: Float32Array,
): Float32Array {
  const found = new Float32Array(layout.length);
  for (const tensor of layout.tensors) {
    const { offset, shape } = tensorNamed(trained, tensor.name);
    if (shape.join() !== tensor.shape.join()) throw new Error(`${tensor.name} was trained with other sizes`);
    found.set(parameters.subarray(offset, offset + tensorLength(tensor)), tensor.offset);
  }
  return found;
}
