import { DropsweepError } from '../../base/errors.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { Sampler, SamplerKind } from '../sampler.ts';
import { enqueued } from '../fold/enqueued.ts';
import { type SearchSpace, spaceAxes } from '../space/space-axes.ts';
import { grid } from './grid.ts';
import { nsga2 } from './nsga2.ts';
import { random } from './random.ts';
import { sobol } from './sobol.ts';
import { tpe } from './tpe.ts';

/** Every kind of sampler; the first is that of a file that names none. */
export const samplers: readonly SamplerKind[] = [grid, random, sobol, tpe, nsga2];

/** The sampler that a sweep file asks for. @throws DropsweepError USAGE where this version has no such kind */
export function makeSampler(definition: SearchSpace & Pick<SweepDefinition, 'search'>): Sampler {
  const { search } = definition;
  const kind = samplers.find(({ section }) => section.kind === search.kind);
  const axes = spaceAxes(definition);
  if (kind !== undefined) return enqueued(kind.make(search, axes), search, axes);
  throw new DropsweepError('USAGE', 'this version of dropsweep does not know the sampler', {
    where: 'search.kind',
    got: search.kind,
    expected: `one of ${samplers.map(({ section }) => section.kind).join(', ')}`,
    fix: 'use the version that the sweep was launched with, or a later one',
  });
}
