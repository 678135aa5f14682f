import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import { gridSampler } from './grid-sampler.ts';
import { randomSampler } from './random-sampler.ts';
import type { Sampler } from './sampler.ts';
import { spaceAxes } from './space-axes.ts';

/** The sampler that a sweep file asks for. */
export function makeSampler(definition: Pick<SweepDefinition, 'space' | 'scales' | 'search'>): Sampler {
  const { search } = definition;
  const axes = spaceAxes(definition);
  return search.kind === 'grid' ? gridSampler(axes) : randomSampler(axes, search.trials, search.seed);
}
