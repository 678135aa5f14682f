import type { BernoulliBytes } from '../../../random/bernoulli-bytes.ts';
import type { PlaceKind, PlaceRates, RowDropout } from '../../../sweep/element-dropout.ts';
import type { ElementMasks, TokenBatch } from '../adapter-engine.ts';
import type { DropoutPlace } from './dropout-places.ts';

const placeKinds: readonly PlaceKind[] = ['lora_dropout', 'hidden_dropout', 'row_columns', 'row_ranks', 'row_rows'];

/**
 * One instance's element-wise masks, drawn when a pass asks for them. An element is known by its place, its row's number
 * in the set and token · features + feature: where a row stands, among which others, padded how far, and whether only
 * its first token is computed, moves no draw.
 * @param sourceOf the place's draws
 * @param rowFactor what is kept of masks of whole rows is multiplied by
 * @returns null where nothing is dropped
 */
export function elementMasks(
  rates: PlaceRates,
  sourceOf: (place: Pick<DropoutPlace, 'kind' | 'name'>) => BernoulliBytes,
  rowFactor = 1,
): ElementMasks | null {
  const kinds = placeKinds.filter((kind) => (rates[kind] ?? 0) > 0);
  if (kinds.length === 0) return null;
  return {
    kinds,
    factor: (kind) => (!kinds.includes(kind) ? 1 : isOfRows(kind) ? rowFactor : 1 / (1 - (rates[kind] ?? 0))),
    draw(place, batch, into) {
      const source = sourceOf(place);
      const rate = rates[place.kind] ?? 0;
      if (isOfRows(place.kind)) {
        drawForRows(source, rate, place, batch, into);
        return;
      }
      if (typeof place.rows === 'number') {
        source.draw(0, rate, into);
        return;
      }
      const size = rowsOfSample(place, batch) * place.features;
      batch.samples.forEach((sample, row) => source.draw(sample, rate, into.subarray(row * size, (row + 1) * size)));
    },
  };
}

/** One mask of a sample for all its tokens. */
function drawForRows(
  source: BernoulliBytes,
  rate: number,
  place: DropoutPlace,
  batch: TokenBatch,
  into: Uint8Array,
): void {
  const { features } = place;
  const size = rowsOfSample(place, batch) * features;
  batch.samples.forEach((sample, row) => {
    const own = into.subarray(row * size, (row + 1) * size);
    source.draw(sample, rate, own.subarray(0, features));
    for (let at = features; at < size; at += features) own.copyWithin(at, 0, features);
  });
}

function isOfRows(kind: PlaceKind): kind is RowDropout {
  return kind !== 'lora_dropout' && kind !== 'hidden_dropout';
}

/** Rows of a place's mask over a batch. */
export function rowsOfPlace(place: DropoutPlace, batch: TokenBatch): number {
  return typeof place.rows === 'number' ? place.rows : batch.rows * rowsOfSample(place, batch);
}

function rowsOfSample({ rows }: DropoutPlace, { length }: TokenBatch): number {
  return rows === 'all_tokens' ? length : 1;
}
