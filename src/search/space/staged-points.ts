import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { searchedAxes } from './repeats.ts';
import type { DrawnPoints, SpacePoint } from '../sampler.ts';
import { makeSampler } from '../samplers/samplers.ts';
import type { NumberedPoints } from './numbered-points.ts';
import { spaceAxes } from './space-axes.ts';

/**
 * The points of a search whose points need no results, with the seeds of its newest sweep file, where it was extended from
 * others: points that an earlier file has drawn stay, and a file with more trials draws the further ones from its own
 * space. Of a grid the newest file has all.
 * @param files the oldest first; the last is the one that holds
 */
export function stagedPoints(files: readonly SweepDefinition[]): NumberedPoints {
  const newest = files.at(-1);
  const samplers = files.map((definition) => makeSampler(definition));
  const last = samplers.at(-1);
  if (newest === undefined || last?.independent !== true) return { size: 0, at: () => ({}) };
  if (last.drawn === undefined) return { size: last.size, at: (number) => last.pointAt(number) };
  const { given } = last.drawn;
  const drawn = samplers.flatMap((sampler): readonly DrawnPoints[] =>
    sampler.independent && sampler.drawn !== undefined ? [sampler.drawn] : [],
  );
  const count = given.length + Math.max(...drawn.map((each) => each.count));
  const { seeds } = searchedAxes(spaceAxes(newest));
  const repeats = Math.max(1, seeds.length);
  const pointAt = (number: number): SpacePoint => {
    const wanted = number - given.length;
    return given[number] ?? drawn.find((each) => wanted < each.count)?.at(wanted) ?? {};
  };
  return {
    size: repeats * count,
    at: (number) => {
      const point = pointAt(Math.floor(number / repeats));
      const seed = seeds[number % repeats];
      return seed === undefined ? point : { ...point, seed };
    },
  };
}
