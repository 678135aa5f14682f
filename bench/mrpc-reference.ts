import { readFileSync } from 'node:fs';
import { accuracyStandardError } from './wilson-interval.ts';

/** Dev metrics of one mode, as the PyTorch program prints them. */
export interface Shown {
  readonly acc: number;
  readonly f1: number;
  readonly ece: number;
  readonly nll: number;
}

/** One training of the PyTorch program. */
export interface ReferenceLine {
  readonly task: string;
  readonly p: number;
  readonly seed: number;
  readonly expected_update: Shown;
  readonly ensemble?: Shown;
}

export function readReference(path: string): ReferenceLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): ReferenceLine => JSON.parse(line));
}

interface ComparedResult extends Pick<ReferenceLine, 'p' | 'seed' | 'expected_update'> {
  readonly ensemble?: Shown;
}

const devRows = 408;

/** A line for each mode: our accuracy with its standard error, beside PyTorch's of the same arm and seed. */
export function besideReference(result: ComparedResult, reference: readonly ReferenceLine[]): readonly string[] {
  const found = reference.find((line) => line.p === result.p && line.seed === result.seed);
  const modes = ['expected_update', 'ensemble'] as const;
  return modes.flatMap((mode) => {
    const [ours, theirs] = [result[mode], found?.[mode]];
    if (ours === undefined) return [];
    const error = accuracyStandardError(ours.acc, devRows).toFixed(4);
    const beside = theirs === undefined ? 'no PyTorch run of this seed' : `PyTorch ${theirs.acc.toFixed(4)}`;
    return [`  p=${result.p} seed=${result.seed} ${mode}: ${ours.acc.toFixed(4)} ± ${error}, ${beside}\n`];
  });
}
