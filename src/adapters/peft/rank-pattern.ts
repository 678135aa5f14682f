/**
 * PEFT stores of an AdaLoRA adapter whose ranks were taken away the rest alone, and which they are: by the name of a
 * module's Λ, true for each triplet that is there. Source: AdaLoraModel.resize_state_dict_by_rank_pattern.
 */
export type RankPattern = Readonly<Record<string, readonly boolean[]>>;

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The axis that counts triplets, by a tensor's last name. */
const rankAxes: ReadonlyMap<string, 0 | 1> = new Map([
  ['lora_A', 0],
  ['lora_B', 1],
  ['lora_E', 0],
]);

/** The shape that a tensor is stored with. */
export function storedShape(pattern: RankPattern | null, { name, shape }: NamedShape): readonly number[] {
  const found = triplets(pattern, name);
  if (found === null) return shape;
  const kept = found.present.filter(Boolean).length;
  return shape.map((size, axis) => (axis === found.axis ? kept : size));
}

/** The elements that are stored of a tensor. @param data of the whole tensor, row-major */
export function storedPart(pattern: RankPattern | null, tensor: NamedShape, data: Float32Array): Float32Array {
  const found = triplets(pattern, tensor.name);
  return found === null ? data : data.filter((_, index) => found.present[tripletOf(index, found.axis, tensor.shape)]);
}

/** A whole tensor again, zero where nothing was stored. @param data what was stored of it */
export function wholeTensor(pattern: RankPattern | null, tensor: NamedShape, data: Float32Array): Float32Array {
  const found = triplets(pattern, tensor.name);
  if (found === null) return data;
  const whole = new Float32Array(tensor.shape.reduce((product, size) => product * size, 1));
  let next = 0;
  for (let index = 0; index < whole.length; index += 1) {
    if (found.present[tripletOf(index, found.axis, tensor.shape)] !== true) continue;
    whole[index] = data[next] ?? 0;
    next += 1;
  }
  return whole;
}

function tripletOf(index: number, axis: 0 | 1, [, columns = 1]: readonly number[]): number {
  return axis === 0 ? Math.floor(index / columns) : index % columns;
}

function triplets(
  pattern: RankPattern | null,
  name: string,
): { readonly axis: 0 | 1; readonly present: readonly boolean[] } | null {
  const dot = name.lastIndexOf('.');
  const axis = rankAxes.get(name.slice(dot + 1));
  const present = pattern?.[`${name.slice(0, dot)}.lora_E`];
  return axis === undefined || present === undefined ? null : { axis, present };
}
