import { DropsweepError } from '../../../base/errors.ts';
import type { DataFlags } from '../init/init.ts';

export interface AutoFlags extends DataFlags {
  readonly hours: number;
  readonly out: string;
  readonly force: boolean;
}

export function parseHours(input: string): number {
  const hours = Number(input);
  if (Number.isFinite(hours) && hours > 0) return hours;
  throw new DropsweepError('USAGE', 'not a number of hours', { got: input, expected: 'a number above 0' });
}
