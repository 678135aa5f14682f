import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Ratios are a processor's own. Clouds call several generations by one name: Linux tells family and model as well. */
export function processor(): string {
  const name = cpus()[0]?.model ?? 'unknown';
  const facts = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const number = (label: string) => new RegExp(`^${label}\\s*: (\\d+)$`, 'm').exec(facts)?.[1];
  const generation = ['cpu family', 'model'].flatMap((label) => number(label) ?? []);
  return generation.length === 0 ? name : `${name}, family ${generation.join(', model ')}`;
}

export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
