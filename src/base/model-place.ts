import { dirname, join } from 'node:path';

/**
 * A base model is a folder (config.json, weights, tokenizer.json), or an ONNX file with tokenizer.json beside it.
 * @returns whether the place is such a file
 */
export function isOnnxFile(place: string): boolean {
  return place.endsWith('.onnx');
}

/** A file that comes with a base model, by its name. */
export function besideModel(place: string, name: string): string {
  return join(isOnnxFile(place) ? dirname(place) : place, name);
}
