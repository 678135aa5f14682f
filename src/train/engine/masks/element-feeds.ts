import { Tensor } from '../../../runtime/open-session.ts';
import type { ElementMasks, TokenBatch } from '../adapter-engine.ts';
import { type DropoutPlace, factorInput, keepInput } from './dropout-places.ts';
import { rowsOfPlace } from './element-masks.ts';
import type { MaskBytes } from './mask-memory.ts';

/**
 * The inputs of a graph's dropout places: each place's masks, drawn now, and each kind's factors. Passes of a pack one
 * after another; one alone has no pack axis.
 * @param passes absent masks keep every element
 */
export function elementFeeds(
  places: readonly DropoutPlace[],
  passes: readonly (ElementMasks | undefined)[],
  batch: TokenBatch,
  bytes: MaskBytes,
): Record<string, Tensor> {
  const pack = passes.length === 1 ? [] : [passes.length];
  const feeds: Record<string, Tensor> = {};
  for (const masks of passes) demandPlaces(places, masks);
  for (const place of places) {
    const rows = rowsOfPlace(place, batch);
    const size = rows * place.features;
    const keep = bytes(place.name, passes.length * size);
    passes.forEach((masks, pass) => {
      const own = keep.subarray(pass * size, (pass + 1) * size);
      if (masks === undefined) own.fill(1);
      else masks.draw(place, batch, own);
    });
    feeds[keepInput(place)] = new Tensor('uint8', keep, [...pack, rows, place.features]);
    const factors = Float32Array.from(passes, (masks) => masks?.factor(place.kind) ?? 1);
    feeds[factorInput(place.kind)] = new Tensor('float32', factors, pack);
  }
  return feeds;
}

/** A mask that the graph has no place for would be forgotten in silence. */
function demandPlaces(places: readonly DropoutPlace[], masks: ElementMasks | undefined): void {
  for (const kind of masks?.kinds ?? []) {
    if (!places.some((place) => place.kind === kind)) throw new Error(`the engine was compiled without ${kind}`);
  }
}
