/** Instruction sets (by Linux' names of their flags) whose products of bytes are summed in 32 bits at once. */
const exact: ReadonlySet<string> = new Set(['amx_int8', 'avx512_vnni', 'avx_vnni']);

/**
 * How far from zero int8 weights may go on a processor. Without such instructions x86 adds two products of an unsigned
 * and a signed byte in 16 bits, which saturate: 2 · 255 · 63 still fits, 2 · 255 · 127 would not. Unknown x86
 * processors are taken for those; ARM's instructions widen and are exact.
 * @param instructionSet as instructionSet() names it
 */
export function weightRange(architecture: string, instructionSet: string): 63 | 127 {
  return architecture === 'arm64' || exact.has(instructionSet) ? 127 : 63;
}
