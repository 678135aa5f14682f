import { readFileSync } from 'node:fs';

/** The widest of this machine's instruction sets that products use; where it cannot be told, the platform. */
export function instructionSet(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return process.platform;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  const known = ['amx_int8', 'avx512_vnni', 'avx512f', 'avx_vnni', 'avx2', 'avx'];
  return known.find((flag) => flags.includes(flag)) ?? 'sse';
}
