/** float32 of bfloat16: the upper half of its bits. */
export function widenBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) bits[i] = (halves[i] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

/** float32 of IEEE half precision, exact, subnormals and infinities included. */
export function widenFloat16(halves: Uint16Array): Float32Array {
  // A loop: TypedArray.from takes fifteen times as long, and a model has hundreds of millions.
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) values[i] = float16Table[halves[i] ?? 0] ?? 0;
  return values;
}

/** The largest that is not infinite. */
export const largestFloat16 = 65_504;

/** Nearest float16 of each float32, ties to even; what is too large becomes infinite, what is too small zero. */
export function narrowFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) halves[i] = narrowBits(bits[i] ?? 0);
  return halves;
}

/** A float16's bits from those of a float32, rounded to the nearest. */
function narrowBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65,520: halfway between the largest and what would come next.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Normal: the exponent's bias goes from 127 to 15, and 13 bits are rounded off. A carry runs into the exponent.
  if (magnitude >= 0x38800000) return sign | shiftToEven(magnitude - 0x38000000, 13);
  const exponent = magnitude >>> 23;
  // Less than half of the smallest subnormal, 2⁻²⁴.
  if (exponent < 102) return sign;
  return sign | shiftToEven((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

function shiftToEven(value: number, bits: number): number {
  const rest = value & ((1 << bits) - 1);
  const half = 1 << (bits - 1);
  const kept = value >>> bits;
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

const float16Table = Float32Array.from({ length: 1 << 16 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});
