import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Speed } from '../sweep/speed.ts';
import type { SweepPlan } from '../sweep/sweep-definition.ts';

/**
 * What speeds are kept under: they are of one base in one arithmetic, on one numerics class (device, runtime, instruction
 * set, threads). Null: nothing of the plan is timed.
 */
export function speedKey({ inputs, trainings }: SweepPlan, numericsClass: string): string | null {
  const [first] = trainings;
  if (first === undefined || inputs.base.folder === '') return null;
  const { adapter, base_precision: precision } = first.specification.configuration;
  return [numericsClass, inputs.base.content_hash, inputs.task.kind, adapter, precision].join(' ');
}

/** Null: never timed here. */
export function readSpeed(dataDirectory: string, key: string): Speed | null {
  return readAll(dataDirectory)[key] ?? null;
}

/** Written whole or not at all: two launches at once keep one of their figures. */
export function keepSpeed(dataDirectory: string, key: string, speed: Speed): void {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const file = fileIn(dataDirectory);
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${JSON.stringify({ ...readAll(dataDirectory), [key]: speed }, null, 1)}\n`, { mode: 0o600 });
  renameSync(own, file);
}

function readAll(dataDirectory: string): Readonly<Record<string, Speed>> {
  try {
    const speeds: Record<string, Speed> = JSON.parse(readFileSync(fileIn(dataDirectory), 'utf8'));
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
