import type { SpacePoint } from '../sampler.ts';

/** Points by their numbers, from 0. */
export interface NumberedPoints {
  readonly size: number;
  at(number: number): SpacePoint;
}
