import { Tensor } from '../../../runtime/open-session.ts';

export function flat(data: Float32Array): Tensor {
  return new Tensor('float32', data, [data.length]);
}

/** The members' vectors one after another, [pack, length]; one alone has no pack axis. */
export function vectors(members: readonly Float32Array[]): Tensor {
  const [first] = members;
  if (first !== undefined && members.length === 1) return flat(first);
  const length = first?.length ?? 0;
  const data = new Float32Array(members.length * length);
  members.forEach((own, member) => data.set(own, member * length));
  return new Tensor('float32', data, [members.length, length]);
}

/** The members' numbers, [pack]; one alone is a scalar. */
export function scalars(members: readonly number[]): Tensor {
  return new Tensor('float32', Float32Array.from(members), members.length === 1 ? [] : [members.length]);
}

/** A member's part of what has the pack axis first. */
export function memberOf(data: Float32Array, member: number, pack: number): Float32Array {
  const length = data.length / pack;
  return data.subarray(member * length, (member + 1) * length);
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
