import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import type { SecondsPerToken, Speed } from '../../sweep/speed.ts';
import type { SweepPlan } from '../../sweep/sweep-definition.ts';

/** A slot as it was timed once. */
export interface Timing {
  /** ISO date and time. */
  readonly at: string;
  /** Processes that wanted a core before it began, of each core; null: not known. */
  readonly load: number | null;
  readonly speed: Speed;
}

/** So many of a key are kept, the newest. */
const keptAtMost = 5;
/** From this load on, others slow down what is timed. */
const loadedFrom = 0.5;
const dayMs = 86_400_000;
/** A quiet timing holds so long: drivers, clocks and neighbours change. */
const quietHoldsMs = 30 * dayMs;
/** One of a loaded machine holds so long, if the machine does not become quiet before. */
const loadedHoldsMs = dayMs;

/**
 * Key that speeds are kept under: they are of one base in one arithmetic, on one numerics class (device, runtime,
 * instruction set, threads). Null: nothing of the plan is timed.
 */
export function speedKey({ inputs, trainings }: SweepPlan, numericsClass: string): string | null {
  const [first] = trainings;
  if (first === undefined || inputs.base.folder === '') return null;
  const { adapter, base_precision: precision } = first.specification.configuration;
  return [numericsClass, inputs.base.content_hash, inputs.task.kind, adapter, precision].join(' ');
}

/** As one timing after another tell, the quiet ones alone where there are any. Null: never timed here. */
export function readSpeed(dataDirectory: string, key: string): Speed | null {
  return speedOf(readTimings(dataDirectory, key));
}

export function readTimings(dataDirectory: string, key: string): readonly Timing[] {
  return timingsOf(readAll(dataDirectory)[key]);
}

/**
 * The least of the lows, and the median of the highs: others on the machine make a timing longer and never shorter, so
 * one that was disturbed widens the range at most until quiet ones outnumber it.
 */
export function speedOf(timings: readonly Timing[]): Speed | null {
  const quiet = timings.filter(isQuiet);
  const counted = quiet.length > 0 ? quiet : timings;
  if (counted.length === 0) return null;
  const over = (of: (speed: Speed) => SecondsPerToken): SecondsPerToken => {
    const low = Math.min(...counted.map(({ speed }) => of(speed).low));
    return { low, high: Math.max(low, median(counted.map(({ speed }) => of(speed).high))) };
  };
  return { trained: over(({ trained }) => trained), scored: over(({ scored }) => scored) };
}

/**
 * Whether the machine is to be timed again: it never was, or its quiet timing is a month old; or it was timed under
 * load alone, which a day ends, and a machine that is quiet now ends at once.
 * @param load as a timing notes it
 */
export function isTimingDue(timings: readonly Timing[], now: Date, load: number): boolean {
  const youngest = (some: readonly Timing[]): number =>
    Math.min(...some.map(({ at }) => now.getTime() - Date.parse(at) || Number.POSITIVE_INFINITY));
  if (youngest(timings.filter(isQuiet)) < quietHoldsMs) return false;
  return load < loadedFrom || !(youngest(timings) < loadedHoldsMs);
}

/** Of this machine, over the last minute. */
export function loadOfCores(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}

/** Written whole or not at all: two launches at once keep one of their figures. */
export function keepTiming(dataDirectory: string, key: string, timing: Timing): void {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const file = fileIn(dataDirectory);
  const own = `${file}.${process.pid}`;
  const all = readAll(dataDirectory);
  const timings = [...timingsOf(all[key]), timing].slice(-keptAtMost);
  writeFileSync(own, `${JSON.stringify({ ...all, [key]: timings }, null, 1)}\n`, { mode: 0o600 });
  renameSync(own, file);
}

function isQuiet({ load }: Timing): boolean {
  return load !== null && load < loadedFrom;
}

/** Versions before kept one speed, without a date. */
function timingsOf(kept: readonly Timing[] | Speed | undefined): readonly Timing[] {
  if (kept === undefined) return [];
  return 'trained' in kept ? [{ at: new Date(0).toISOString(), load: null, speed: kept }] : kept;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

function readAll(dataDirectory: string): Readonly<Record<string, readonly Timing[] | Speed>> {
  try {
    const speeds: Record<string, readonly Timing[] | Speed> = JSON.parse(readFileSync(fileIn(dataDirectory), 'utf8'));
    return speeds;
  } catch (error) {
    // Figures that cannot be read are measured anew.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      return {};
    throw error;
  }
}

function fileIn(dataDirectory: string): string {
  return join(dataDirectory, 'speeds.json');
}
