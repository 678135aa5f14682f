const prefixes = ['', 'K', 'M', 'G', 'T'];

/** Bytes in three digits, by powers of 1000: `0 B`, `1.53 GB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(prefixes.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1_000 ** power).toPrecision(3))} ${prefixes[power]}B`;
}
