import { joeKuoDirections } from './joe-kuo-directions.ts';

const bits = 32;

/** Dimensions that there are direction numbers for. */
export const sobolDimensions = joeKuoDirections.length + 1;

/** One dimension of the Sobol sequence, in the Gray-code order of Antonov and Saleev; point 0 is the origin. */
export class SobolDimension {
  readonly #directions: Uint32Array;

  /** @param dimension from 0, below `sobolDimensions` */
  constructor(dimension: number) {
    this.#directions = dimension === 0 ? vanDerCorput() : directionsOf(joeKuoDirections[dimension - 1] ?? [1]);
  }

  /** The coordinate of a point, as a fraction of 2³². */
  at(point: number): number {
    let gray = (point ^ (point >>> 1)) >>> 0;
    let x = 0;
    for (let bit = 0; gray !== 0; bit += 1, gray >>>= 1) if ((gray & 1) === 1) x ^= this.#directions[bit] ?? 0;
    return x >>> 0;
  }
}

function vanDerCorput(): Uint32Array {
  return Uint32Array.from({ length: bits }, (_, bit) => 2 ** (bits - 1 - bit));
}

/** m_k = 2a₁m_{k−1} ⊕ 4a₂m_{k−2} ⊕ … ⊕ 2^d m_{k−d} ⊕ m_{k−d}, each shifted to the top of 32 bits. */
function directionsOf([polynomial, ...initial]: readonly number[]): Uint32Array {
  const degree = initial.length;
  const shifted = new Uint32Array(bits);
  for (let k = 0; k < bits; k += 1) {
    if (k < degree) {
      shifted[k] = (initial[k] ?? 0) << (bits - 1 - k);
      continue;
    }
    const before = shifted[k - degree] ?? 0;
    let next = before ^ (before >>> degree);
    for (let term = 1; term < degree; term += 1)
      if ((((polynomial ?? 0) >>> (degree - term)) & 1) === 1) next ^= shifted[k - term] ?? 0;
    shifted[k] = next;
  }
  return shifted;
}

/**
 * Owen's nested uniform scrambling of a coordinate's 32 bits: each bit is flipped by a hash of those above it, so that
 * every elementary interval keeps its number of points. The hash is Laine and Karras' (2011) with Vegdahl's constants, on
 * reversed bits, as Burley has it (JCGT 9, 2020).
 */
export function owenScrambled(coordinate: number, seed: number): number {
  let x = reversed(coordinate);
  x ^= Math.imul(x, 0x3d20adea);
  x = (x + seed) | 0;
  x = Math.imul(x, (seed >>> 16) | 1);
  x ^= Math.imul(x, 0x05526c56);
  x ^= Math.imul(x, 0x53a22864);
  return reversed(x);
}

function reversed(word: number): number {
  let x = word;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}
