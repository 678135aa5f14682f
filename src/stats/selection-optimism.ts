import { type BootstrapOptions, bootstrapDefaults, resamples } from './hierarchical-bootstrap.ts';
import { meanOf } from './mean-of.ts';
import { varianceOf } from './variance-of.ts';
import { everyRow, meanOverSeeds, type Repeats } from './repeats.ts';

/**
 * How much too good the best of several configurations looks because it was chosen for its score: the mean, over
 * replicates of seeds and rows, of the noise that the replicate's own winner has there. A replicate's scores are the noise
 * of its draws (Efron's bootstrap of optimism) upon means that lie as far apart as the true ones are estimated to: the
 * sample's own lie further apart, by the noise in them, and a replicate that took those for the truth would tell 1/√2 of
 * the optimism of equal configurations. The spread of the true means is what is left of the sample's variance without the
 * noise's (empirical Bayes, with the means spread as Louis 1984 has it), among those that may have won by noise. How near
 * the truth that is: docs/decisions/0040. Never negative in expectation; 0 for a single configuration.
 * @param candidates with the same seeds and rows
 * @returns in the metric's unit, to be taken from the winner's score where greater is better, else added; null where no
 * replicate could be scored
 */
export function selectionOptimism(
  candidates: readonly Repeats[],
  direction: 'maximize' | 'minimize',
  options: BootstrapOptions = bootstrapDefaults,
): number | null {
  const [first] = candidates;
  if (first === undefined) return null;
  if (candidates.length === 1) return 0;
  const sign = direction === 'maximize' ? 1 : -1;
  const scored = candidates.flatMap((one) => {
    const whole = meanOverSeeds(one, everyRow(one.seeds), everyRow(one.rows));
    return whole === null ? [] : [{ one, whole }];
  });
  const wholes = scored.map(({ whole }) => whole);
  /** By replicate, of each configuration what it has there beyond what it has on everything; null: undefined there. */
  const noises = resamples(first, options).map(({ seeds, rows }) =>
    scored.map(({ one, whole }) => {
      const here = meanOverSeeds(one, seeds, rows);
      return here === null ? null : here - whole;
    }),
  );
  const contenders = contendersOf(wholes, noises, sign);
  const means = spreadAsTruth(wholes, noises, contenders);
  let sum = 0;
  let counted = 0;
  for (const noise of noises) {
    let best: { readonly here: number; readonly noise: number } | null = null;
    for (const index of contenders) {
      const own = noise[index] ?? null;
      if (own === null) continue;
      const here = sign * ((means[index] ?? Number.NaN) + own);
      if (best === null || here > best.here) best = { here, noise: own };
    }
    if (best === null) continue;
    sum += sign * best.noise;
    counted += 1;
  }
  return counted === 0 ? null : Math.max(0, sum / counted);
}

/** Deviations of a difference beyond which nothing wins by noise. */
const reach = 4;

type Noises = readonly (readonly (number | null)[])[];

/**
 * Places of the configurations that noise may have kept from winning: what lies far behind, as trainings that collapsed,
 * says nothing of how far apart the true means of the others are.
 */
function contendersOf(wholes: readonly number[], noises: Noises, sign: number): readonly number[] {
  const ahead = Math.max(...wholes.map((whole) => sign * whole));
  const winner = wholes.findIndex((whole) => sign * whole === ahead);
  return wholes.flatMap((whole, index) => {
    const apart = noises.flatMap((noise) => {
      const [first, own] = [noise[winner] ?? null, noise[index] ?? null];
      return first === null || own === null ? [] : [first - own];
    });
    return ahead - sign * whole <= reach * Math.sqrt(varianceOf(apart)) ? [index] : [];
  });
}

/** Means drawn together until those of the contenders lie as far apart as the truth is estimated to. */
function spreadAsTruth(wholes: readonly number[], noises: Noises, contenders: readonly number[]): readonly number[] {
  const among = <Of>(all: readonly Of[]): readonly Of[] => all.filter((_, index) => contenders.includes(index));
  const noise = meanOf(noises.map((one) => varianceOf(among(one).filter((value) => value !== null))));
  const spread = varianceOf(among(wholes));
  const share = spread > 0 ? Math.sqrt(Math.max(0, spread - noise) / spread) : 0;
  const centre = meanOf(among(wholes));
  return wholes.map((whole) => centre + share * (whole - centre));
}
