import { equalRows, type OutputRows } from '../../sweep/output-rows.ts';

/** A member's outputs as two columns hold them: float32 and uint32, little-endian. */
export function freezeOutputs({ values, offsets }: OutputRows): { values: Buffer; offsets: Buffer } {
  return { values: bytesOf(values), offsets: bytesOf(offsets) };
}

/** @param offsets null: rows of one length @param rows how many there are then */
export function thawOutputs(values: Buffer, offsets: Buffer | null, rows: number): OutputRows {
  const floats = new Float32Array(ownBytes(values));
  return offsets === null ? equalRows(floats, rows) : { values: floats, offsets: new Uint32Array(ownBytes(offsets)) };
}

export function freezeNumbers(numbers: Uint32Array): Buffer {
  return bytesOf(numbers);
}

export function thawNumbers(bytes: Buffer): Uint32Array {
  return new Uint32Array(ownBytes(bytes));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Copied: a buffer of the driver's may begin at any byte. */
function ownBytes(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
