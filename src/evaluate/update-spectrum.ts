/** One linear's update b a: a [rank, in], b [out, rank]. */
export interface UpdateOfLinear {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

/** How large the learned update is, and how many directions it has. */
export interface UpdateMeasures {
  /** Frobenius norm of all updates together, with their scale. */
  readonly norm: number;
  /** exp of the entropy of the singular values' shares (Roy and Vetterli 2007), mean over linears; 0 of no update. */
  readonly effectiveRank: number;
}

/** @param scale s */
export function updateMeasures(updates: readonly UpdateOfLinear[], rank: number, scale: number): UpdateMeasures {
  let squares = 0;
  let ranks = 0;
  for (const update of updates) {
    const values = singularValues(update, rank);
    squares += values.reduce((sum, value) => sum + value ** 2, 0);
    ranks += effectiveRank(values);
  }
  return { norm: scale * Math.sqrt(squares), effectiveRank: updates.length === 0 ? 0 : ranks / updates.length };
}

export function effectiveRank(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (sum === 0) return 0;
  const entropy = values.reduce((total, value) => total - (value === 0 ? 0 : (value / sum) * Math.log(value / sum)), 0);
  return Math.exp(entropy);
}

/**
 * The singular values of b a, as many as the rank, largest first. Their squares are the eigenvalues of √G bᵀb √G with
 * G = a aᵀ: no matrix is larger than [rank, rank], whatever the linear's size. What is below 1e-7 of the largest is
 * rounding of the squares, and is 0.
 */
export function singularValues({ a, b, inFeatures, outFeatures }: UpdateOfLinear, rank: number): readonly number[] {
  const ofInputs = gram(rank, inFeatures, (r, i) => a[r * inFeatures + i] ?? 0);
  const ofOutputs = gram(rank, outFeatures, (r, o) => b[o * rank + r] ?? 0);
  const { values, vectors } = symmetricEigen(ofInputs, rank);
  // √D Vᵀ (bᵀb) V √D: similar to a aᵀ bᵀb, and symmetric.
  const roots = values.map((value) => Math.sqrt(Math.max(0, value)));
  const turned = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i += 1) {
    for (let j = 0; j < rank; j += 1) {
      let sum = 0;
      for (let k = 0; k < rank; k += 1) {
        for (let l = 0; l < rank; l += 1) {
          sum += (vectors[k * rank + i] ?? 0) * (ofOutputs[k * rank + l] ?? 0) * (vectors[l * rank + j] ?? 0);
        }
      }
      turned[i * rank + j] = (roots[i] ?? 0) * sum * (roots[j] ?? 0);
    }
  }
  const squares = symmetricEigen(turned, rank).values.toSorted((x, y) => y - x);
  const least = (squares[0] ?? 0) * 1e-14;
  return squares.map((value) => (value <= least ? 0 : Math.sqrt(value)));
}

/** x xᵀ in float64, [rank, rank]. */
function gram(rank: number, length: number, at: (r: number, i: number) => number): Float64Array {
  const product = new Float64Array(rank * rank);
  for (let r = 0; r < rank; r += 1) {
    for (let s = r; s < rank; s += 1) {
      let sum = 0;
      for (let i = 0; i < length; i += 1) sum += at(r, i) * at(s, i);
      product[r * rank + s] = sum;
      product[s * rank + r] = sum;
    }
  }
  return product;
}

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix by Jacobi's rotations. */
function symmetricEigen(
  matrix: Float64Array,
  size: number,
): { readonly values: readonly number[]; readonly vectors: Float64Array } {
  const m = Float64Array.from(matrix);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) vectors[i * size + i] = 1;
  const whole = Math.sqrt(m.reduce((sum, value) => sum + value ** 2, 0));
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let off = 0;
    for (let p = 0; p < size; p += 1) for (let q = p + 1; q < size; q += 1) off += (m[p * size + q] ?? 0) ** 2;
    if (Math.sqrt(off) <= 1e-16 * whole) break;
    for (let p = 0; p < size; p += 1) for (let q = p + 1; q < size; q += 1) rotate(m, vectors, size, p, q);
  }
  return { values: Array.from({ length: size }, (_, i) => m[i * size + i] ?? 0), vectors };
}

/** Makes m[p, q] zero. */
function rotate(m: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const apart = m[p * size + q] ?? 0;
  if (apart === 0) return;
  const theta = ((m[q * size + q] ?? 0) - (m[p * size + p] ?? 0)) / (2 * apart);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const turn = (values: Float64Array, i: number, j: number): void => {
    const [x, y] = [values[i] ?? 0, values[j] ?? 0];
    values[i] = c * x - s * y;
    values[j] = s * x + c * y;
  };
  for (let k = 0; k < size; k += 1) turn(m, k * size + p, k * size + q);
  for (let k = 0; k < size; k += 1) turn(m, p * size + k, q * size + k);
  for (let k = 0; k < size; k += 1) turn(vectors, k * size + p, k * size + q);
}
