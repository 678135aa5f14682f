import { type BootstrapOptions, bootstrapDefaults, resamples } from './hierarchical-bootstrap.ts';
import { everyRow, meanOverSeeds, type Repeats } from './repeats.ts';

/**
 * How much too good the best of several configurations looks because it was chosen for its score: the mean, over
 * replicates of seeds and rows, of what the replicate's own winner has there beyond what it has on everything (Efron's
 * estimate of optimism). Never negative in expectation; 0 for a single configuration. Of configurations that are truly
 * equal it tells 1/√2 of it, since to a replicate the sample's differences are true ones; where they differ by more than
 * noise, nearly all.
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
  const whole = candidates.map((one) => meanOverSeeds(one, everyRow(one.seeds), everyRow(one.rows)));
  let sum = 0;
  let counted = 0;
  for (const { seeds, rows } of resamples(first, options)) {
    let best: { readonly here: number; readonly everywhere: number } | null = null;
    for (const [index, candidate] of candidates.entries()) {
      const everywhere = whole[index];
      const here = meanOverSeeds(candidate, seeds, rows);
      if (here === null || everywhere === null || everywhere === undefined) continue;
      if (best === null || sign * here > sign * best.here) best = { here, everywhere };
    }
    if (best === null) continue;
    sum += sign * (best.here - best.everywhere);
    counted += 1;
  }
  return counted === 0 ? null : Math.max(0, sum / counted);
}
