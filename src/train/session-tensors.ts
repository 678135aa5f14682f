import { Tensor } from '../runtime/open-session.ts';

/** A vector with the pack axis, of size 1, before it. */
export function flat(data: Float32Array): Tensor {
  return new Tensor('float32', data, [1, data.length]);
}

/** @throws TypeError for any other type */
export function floatsOf(tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new TypeError(`expected float32 from the session, got ${tensor?.type}`);
}

/** Element by element, in place. @returns the sum */
export function addInto(sum: Float32Array, addend: Float32Array): Float32Array {
  for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) + (addend[i] ?? 0);
  return sum;
}
