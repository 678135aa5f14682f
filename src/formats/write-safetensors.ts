import type { NamedTensor, SafetensorsType, TensorData } from './safetensors.ts';

/** A tensor as the header tells of it; its bytes follow those of the one before. */
export interface DescribedTensor {
  readonly name: string;
  readonly dtype: SafetensorsType;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

/**
 * The bytes of a safetensors file before its tensors. Deterministic: tensors in the order given, metadata keys sorted,
 * the header padded with spaces so that the first tensor starts at a multiple of 8 bytes.
 */
export function safetensorsHeader(
  tensors: readonly DescribedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  const metadataNames = Object.keys(metadata).sort();
  if (metadataNames.length > 0) {
    header['__metadata__'] = Object.fromEntries(metadataNames.map((name) => [name, metadata[name]]));
  }
  let offset = 0;
  for (const { name, dtype, shape, byteLength } of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + byteLength] };
    offset += byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + headerBytes).fill(0x20);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerBytes), true);
  out.set(json, 8);
  return out;
}

/** The bytes of a safetensors file, header and tensors. */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const described = tensors.map(({ name, shape, data }) => ({
    name,
    dtype: typeOf(data),
    shape,
    byteLength: data.byteLength,
  }));
  const header = safetensorsHeader(described, metadata);
  const out = new Uint8Array(described.reduce((sum, { byteLength }) => sum + byteLength, header.length));
  out.set(header);
  let position = header.length;
  for (const { data } of tensors) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return out;
}

function typeOf(data: TensorData): SafetensorsType {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof BigInt64Array) return 'I64';
  if (data instanceof Int32Array) return 'I32';
  return data instanceof Int8Array ? 'I8' : 'U8';
}
