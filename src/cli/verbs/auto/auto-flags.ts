import type { FormatFlags } from '../../verb-parameters.ts';
import type { DataFlags } from '../init/init-flags.ts';

export interface AutoFlags extends DataFlags, FormatFlags {
  readonly base: string;
  readonly hours: number;
  readonly out: string;
  readonly force: boolean;
}
