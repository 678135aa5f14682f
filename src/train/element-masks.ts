import type { BernoulliBytes } from '../random/bernoulli-bytes.ts';
import { dropsElements, type ElementRates } from '../sweep/element-dropout.ts';
import type { ElementMasks, TokenBatch } from './adapter-engine.ts';
import type { DropoutPlace } from './dropout-places.ts';

/**
 * One instance's element-wise masks, drawn when a pass asks for them. An element is known by its place, its row's number
 * in the set and token · features + feature: where a row stands, among which others, padded how far, and whether only
 * its first token is computed, moves no draw.
 * @param sourceOf the place's draws
 * @returns null where nothing is dropped
 */
export function elementMasks(
  rates: ElementRates,
  sourceOf: (place: Pick<DropoutPlace, 'kind' | 'name'>) => BernoulliBytes,
): ElementMasks | null {
  if (!dropsElements(rates)) return null;
  return {
    rates,
    draw(place, batch, into) {
      const source = sourceOf(place);
      const rate = rates[place.kind];
      if (typeof place.rows === 'number') {
        source.draw(0, rate, into);
        return;
      }
      const size = rowsOfSample(place, batch) * place.features;
      batch.samples.forEach((sample, row) => source.draw(sample, rate, into.subarray(row * size, (row + 1) * size)));
    },
  };
}

/** Rows of a place's mask over a batch. */
export function rowsOfPlace(place: DropoutPlace, batch: TokenBatch): number {
  return typeof place.rows === 'number' ? place.rows : batch.rows * rowsOfSample(place, batch);
}

function rowsOfSample({ rows }: DropoutPlace, { length }: TokenBatch): number {
  return rows === 'all_tokens' ? length : 1;
}
