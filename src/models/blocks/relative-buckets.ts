/**
 * DeBERTa's bucket of a signed distance: exact up to half the buckets, then by its logarithm; in float32 as PyTorch
 * computes it, since a last bit decides the bucket. Source: transformers' make_log_bucket_position.
 */
export function logBucket(distance: number, buckets: number, maxDistance: number): number {
  const { fround } = Math;
  const middle = Math.floor(buckets / 2);
  const size = Math.abs(distance);
  if (size <= middle) return distance;
  const ratio = fround(Math.log(fround(size / middle)));
  const whole = fround(Math.log(fround((maxDistance - 1) / middle)));
  return Math.sign(distance) * (Math.ceil(fround(fround(ratio / whole) * (middle - 1))) + middle);
}

export interface RelativePositions {
  /** Buckets to either side; 0: every distance has its own. */
  readonly buckets: number;
  readonly maxDistance: number;
}

/** Rows to either side in the table of relative positions. */
export function spanOf({ buckets, maxDistance }: RelativePositions): number {
  return buckets > 0 ? buckets : maxDistance;
}

/** The table's row for each distance, in the order given. */
export function tableRows(distances: readonly number[], positions: RelativePositions): number[] {
  const span = spanOf(positions);
  const { buckets, maxDistance } = positions;
  return distances.map((distance) => {
    const bucket = buckets > 0 ? logBucket(distance, buckets, maxDistance) : distance;
    return Math.min(Math.max(bucket + span, 0), 2 * span - 1);
  });
}
