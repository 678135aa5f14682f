import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import { searchedAxes } from './repeats.ts';
import type { SpacePoint } from './sampler.ts';
import { makeSampler } from './samplers/samplers.ts';
import { spaceAxes } from './space-axes.ts';

/**
 * The points of a search whose points need no results, with the seeds of its newest sweep file, where it was extended from
 * others: points that an earlier file has drawn stay, and a file with more trials draws the further ones from its own
 * space. Of a grid the newest file has all.
 * @param files the oldest first; the last is the one that holds
 */
export function* stagedPoints(files: readonly SweepDefinition[]): Iterable<SpacePoint> {
  const newest = files.at(-1);
  if (newest === undefined) return;
  const { seeds } = searchedAxes(spaceAxes(newest));
  const samplers = files.map((definition) => makeSampler(definition));
  const last = samplers.at(-1);
  if (last?.independent !== true) return;
  const withSeeds = (point: SpacePoint): readonly SpacePoint[] =>
    seeds.length === 0 ? [point] : seeds.map((seed) => ({ ...point, seed }));
  if (last.drawn === undefined) {
    for (let ordinal = 0; ordinal < last.size; ordinal += 1) yield last.pointAt(ordinal);
    return;
  }
  for (const point of last.drawn.given) yield* withSeeds(point);
  let drawn = 0;
  for (const sampler of samplers) {
    if (!sampler.independent || sampler.drawn === undefined) continue;
    for (; drawn < sampler.drawn.count; drawn += 1) yield* withSeeds(sampler.drawn.at(drawn));
  }
}
